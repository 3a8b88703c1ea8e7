"""Work in flight while something breaks: every change that the service acknowledges is entered in a ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import psycopg

from support.chaos.plant import Sheet, new_scheduler
from support.chaos.rest import PATIENCE_SECONDS, Change, Rest, json_change
from support.chaos.stack import Stack

WELL = ("succeeded",)
ENDED = (*WELL, "failed", "cancelled")
_LONG_POLL_SECONDS = 5


@dataclass(frozen=True)
class Acknowledged:
    """A change that was taken: what was sent, and what the first answer said that began."""

    change: Change
    status: int
    begun: dict[str, Any]
    sheet: Sheet | None = None


@dataclass
class Ledger:
    """What must not be lost. `refused` are changes that were answered with no, which none of them deserves."""

    taken: list[Acknowledged] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[Acknowledged]:
        """Those that began an operation, an upload or a replay."""
        return [one for one in self.taken if kind_of(one.change) == kind]


@dataclass(frozen=True)
class Traffic:
    """Callers of one facade, with the ledger they keep."""

    rest: Rest
    ledger: Ledger

    def take(self, change: Change, sheet: Sheet | None = None) -> dict[str, Any]:
        """Insist on a change and enter it; what it began."""
        answer = self.rest.insist(change)
        if answer.status not in (200, 201, 202):
            self.ledger.refused.append(f"{change.method} {change.path}: {answer.status} {answer.body.decode()}")
            return {}
        self.ledger.taken.append(Acknowledged(change, answer.status, answer.json, sheet))
        return answer.json

    def create(self, name: str, model: str) -> None:
        self.see_off("operations", self.take(json_change("POST", "/v1/schedulers", **new_scheduler(name, model))))

    def upload(self, name: str, sheet: Sheet) -> dict[str, Any]:
        return self.take(Change("POST", f"/v1/schedulers/{name}/uploads", sheet.csv, "text/csv"), sheet)

    def move(self, name: str, *verbs: str) -> None:
        """Start and stop, each seen to its end."""
        for verb in verbs:
            self.see_off("operations", self.take(json_change("POST", f"/v1/schedulers/{name}/{verb}")))

    def replay(self, name: str, start: datetime, end: datetime) -> dict[str, Any]:
        wanted = {"start_time": start.isoformat(), "end_time": end.isoformat(), "existing_results": "overwrite"}
        return self.take(json_change("POST", f"/v1/schedulers/{name}/replays", **wanted))

    def read(self, name: str, until: Callable[[], bool]) -> None:
        """Ask for predictions again and again; what comes of it does not matter, only that it comes soon."""
        while not until():
            self.rest.seen.append(self.rest.get(f"/v1/schedulers/{name}/predictions?limit=10"))
            sleep(0.1)

    def see_off(self, kind: str, begun: dict[str, Any]) -> dict[str, Any]:
        """How an operation, upload or replay looks when it has ended."""
        deadline = monotonic() + PATIENCE_SECONDS
        while begun and begun["status"] not in ENDED:
            assert monotonic() < deadline, f"it does not end: {begun}"
            begun = self.rest.get_json(f"/v1/{kind}/{begun['id']}?wait={_LONG_POLL_SECONDS}")
        return begun

    def delete(self, name: str) -> None:
        """Stop and delete a scheduler. DELETE has no key: one that is gone is what was wanted."""
        answer = self.rest.insist(Change("DELETE", f"/v1/schedulers/{name}?force=true"))
        if answer.status == 202:
            self.see_off("operations", answer.json)


def kind_of(change: Change) -> str:
    """operations, uploads or replays: where what the change began is looked at."""
    last = change.path.rpartition("/")[2]
    return last if last in ("uploads", "replays") else "operations"


def fall_due(stack: Stack, name: str, since: datetime) -> None:
    """Let a scheduler have been active since a moment, so that all windows since are due now."""
    with psycopg.connect(stack.straight.engine_database_url) as engine:
        moved = "UPDATE inference_schedulers SET activated_at = %s, next_wake_at = %s WHERE name = %s"
        engine.execute(moved, (since, since, name))


@dataclass(frozen=True)
class Scene:
    """The schedulers and the data of one round, made while all is well."""

    number: int
    base: datetime  # the begin of the hour that is scored
    present: Sheet  # the readings of that hour and the next ones
    past: tuple[Sheet, ...]  # uploaded while something breaks

    def name(self, role: str) -> str:
        return f"{role}-{self.number}"

    @property
    def due_since(self) -> datetime:
        return self.base + timedelta(minutes=30)

    @property
    def replayed(self) -> Sheet:
        return Sheet(self.base, 6)

    def prepare(self, traffic: Traffic) -> list[Callable[[], None]]:
        """What has to be there, as pieces that may run at once."""

        def ready(role: str, model: str, *, filled: bool) -> None:
            traffic.create(self.name(role), model)
            if filled:
                traffic.see_off("uploads", traffic.upload(self.name(role), self.present))

        return [
            lambda: ready("scored", "model-a", filled=True),
            lambda: ready("moved", "model-b", filled=False),
            lambda: ready("replayed", "model-d", filled=True),
        ]

    def flights(self, stack: Stack, traffic: Traffic, landed: Callable[[], bool]) -> list[Callable[[], Any]]:
        """What is in flight while something breaks. `landed` says when readers may stop."""
        scored, moved, born, replayed = map(self.name, ("scored", "moved", "born", "replayed"))
        return [
            lambda: fall_due(stack, scored, self.due_since),
            lambda: traffic.move(moved, "stop", "start"),
            lambda: traffic.create(born, "model-c"),
            lambda: traffic.replay(replayed, self.base, self.replayed.end),
            *(lambda sheet=sheet: traffic.upload(moved, sheet) for sheet in self.past),
            lambda: traffic.read(scored, landed),
        ]

    def clear(self, traffic: Traffic) -> list[Callable[[], None]]:
        roles = ("scored", "moved", "born", "replayed")
        return [lambda role=role: traffic.delete(self.name(role)) for role in roles]
