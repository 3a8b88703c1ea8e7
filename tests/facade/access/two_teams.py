"""Two teams, of which one has everything that a route may name: a scheduler, an upload, an event, and so on."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from keyed import client_holding, new_key
from stub_upstream import StubUpstream

from service.facade.domain.predictions import Prediction
from service.facade.resources import Resources
from service.facade.store.collecting import follow
from service.facade.store.predictions import replace_windows

MINE, THEIRS = "mine", "theirs"
SPAN = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
CSV = "Timestamp,flow,power\n2026-03-01T12:31:00,1,2\n"
_WINDOW = datetime(2026, 3, 1, tzinfo=UTC)
_numbers = count(1)


@dataclass
class TwoTeams:
    """`fill` puts new things of the team `mine` into an address, none of which was used before."""

    app: Flask
    resources: Resources
    upstream: StubUpstream
    unique: str
    bucket: str

    def __post_init__(self) -> None:
        self.keys: dict[tuple[str, str], str] = {}
        self.webhook = ""
        self.owner = self.client(MINE, "admin")
        self.makers: dict[str, Callable[[str], str]] = {
            "upload_id": self._upload,
            "operation_id": self._operation,
            "replay_id": self._replay,
            "import_id": self._import,
            "event_id": self._event,
            "embed_id": self._embed,
            "window_id": self._maintenance_window,
            "webhook_id": self._webhook,
            "delivery_id": self._delivery,
        }

    def client(self, team: str, scope: str | None) -> FlaskClient:
        """A caller of a team with one scope; None for one without a key."""
        if scope is None:
            return FlaskClient(self.app, self.app.response_class)
        if (team, scope) not in self.keys:
            self.keys[team, scope] = new_key(self.resources, f"{team}-{self.unique}", [scope])
        return client_holding(self.keys[team, scope], self.app)

    def fill(self, rule: str, state: str = "RUNNING") -> dict[str, str]:
        """What stands in the places of a rule: `<scheduler_name>` and whatever belongs to it."""
        name = f"two-{self.unique}-{next(_numbers)}"
        self.upstream.add_scheduler(name, state, team=f"{MINE}-{self.unique}")
        if rule.endswith("/column-mapping"):
            assert self.owner.put(f"/v1/schedulers/{name}/column-mapping", json={}).status_code == 201
        known = {"scheduler_name": name, "model_name": "pump-model", "slug": "not-found", "name": "css/swagger-ui.css",
                 "asset_name": "portal.css", "token": "none", "part": "state"}  # fmt: skip
        wanted = re.findall(r"<(?:\w+:)?(\w+)>", rule)
        return {place: known[place] if place in known else self.makers[place](name) for place in wanted}

    def audit_log(self) -> list[dict[str, Any]]:
        """What the team `mine` did last."""
        return self.owner.get("/v1/audit-log?limit=500").json["entries"]

    def _upload(self, name: str) -> str:
        address = f"/v1/schedulers/{name}/uploads?component=pump"
        return self._begun(self.owner.post(address, data=CSV, content_type="text/csv"))

    def _operation(self, name: str) -> str:
        return self._begun(self.owner.post(f"/v1/schedulers/{name}/stop"))

    def _replay(self, name: str) -> str:
        return self._begun(self.owner.post(f"/v1/schedulers/{name}/replays", json=SPAN))

    def _webhook(self, _: str) -> str:
        """In place of the last one: a team may not have many."""
        if self.webhook:
            self.owner.delete(f"/v1/webhooks/{self.webhook}")
        answer = self.owner.post("/v1/webhooks", json={"url": "https://8.8.8.8/hook"})
        assert answer.status_code == 201, answer.data
        self.webhook = answer.json["id"]
        return self.webhook

    def _delivery(self, name: str) -> str:
        return self._begun(self.owner.post(f"/v1/webhooks/{self._webhook(name)}/test"))

    def _maintenance_window(self, name: str) -> str:
        answer = self.owner.post(f"/v1/schedulers/{name}/maintenance-windows", json=SPAN)
        assert answer.status_code == 201, answer.data
        return answer.json["id"]

    def _import(self, name: str) -> str:
        return self._begun(self.owner.post(f"/v1/schedulers/{name}/imports", json={"bucket": self.bucket}))

    def _event(self, name: str) -> str:
        arn = self.upstream.schedulers[name]["InferenceSchedulerArn"]
        rows = [Prediction(_WINDOW + timedelta(minutes=minute), 1, None, 0.9, (), None) for minute in range(1, 6)]
        with self.resources.database.begin() as db:
            replace_windows(db, follow(db, arn, name, f"{MINE}-{self.unique}").id, {_WINDOW: rows})
        events = self.owner.get(f"/v1/schedulers/{name}/events").json["events"]
        return events[0]["id"]

    def _embed(self, name: str) -> str:
        response = self.owner.post(f"/v1/schedulers/{name}/embeds")
        assert response.status_code == 201, response.data
        return response.json["id"]

    @staticmethod
    def _begun(response: Any) -> str:
        assert response.status_code == 202, response.data
        return response.json["id"]


def address_of(rule: str, places: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: places[found[1]], rule)
