"""Webhooks with a receiver that listens on this machine, a clock that the test moves, and nobody else's deliveries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from keyed import client_holding, new_key
from receiving import Receiver, listening
from sqlalchemy import text

from service.facade.domain.notifications import Notification
from service.facade.resources import Resources
from service.facade.usecases.notifying import notify
from service.facade.usecases.webhook_work import deliver_webhooks
from service.facade.webhooks.transport import Transport
from service.networks import parse_networks


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def resources(resources: Resources, clock: Clock) -> Iterator[Resources]:
    """Webhooks may go to this machine, and there are none of another test."""
    _remove_all(resources)
    yield replace(resources, clock=clock, webhook_transport=Transport(parse_networks("127.0.0.0/8")))
    _remove_all(resources)


def _remove_all(resources: Resources) -> None:
    with resources.database.begin() as db:
        db.execute(text("DELETE FROM webhooks"))


@pytest.fixture
def team(unique: str) -> str:
    return f"team-{unique}"


@pytest.fixture
def client(app, resources, team):
    """A key that outlives the days which a test lets pass."""
    return client_holding(new_key(resources, team, lifetime=None), app)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


@pytest.fixture
def register(client, receiver) -> Callable[..., dict[str, Any]]:
    """`register(types=…)`: a webhook of the team that leads to the receiver, as it was answered."""

    def make(**wanted: Any) -> dict[str, Any]:
        answer = client.post("/v1/webhooks", json={"url": receiver.url} | wanted)
        assert answer.status_code == 201, answer.json
        return answer.json

    return make


@pytest.fixture
def tell(resources, team, clock) -> Callable[..., str]:
    """`tell("pump")`: something happened to a scheduler; returns the id of the notification."""

    def record(name: str = "pump", kind: str = "anomaly.opened", **more: Any) -> str:
        told = Notification(
            type=kind,
            team=team,
            incident=f"{team}:{name}:{kind}:{datetime.now(UTC).timestamp()}",
            occurred_at=clock(),
            inference_scheduler_name=name,
            data={"inference_scheduler_name": name},
            **more,
        )
        with resources.begin() as unit:
            notify(unit, [told], clock())
        return told.id

    return record


@pytest.fixture
def deliver(resources) -> Callable[[], None]:
    """What a worker does on a nudge: everything that is due."""
    return lambda: deliver_webhooks(resources)


@pytest.fixture
def deliveries(client) -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """The deliveries of a webhook as its team sees them, oldest first."""
    return lambda webhook: client.get(f"/v1/webhooks/{webhook['id']}/deliveries").json["deliveries"][::-1]
