"""The section `webhooks` of the OpenAPI document shows what is sent: types, members and headers."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from service.facade.api.openapi_webhooks import webhooks
from service.facade.domain import notices
from service.facade.domain.events import Event
from service.facade.domain.executions import InferenceExecution
from service.facade.domain.notifications import TYPES, Notification, document
from service.facade.domain.replays import Replay, ReplayState
from service.facade.domain.webhooks import signed_headers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=35)
WHOSE = {"team": "default", "name": "pump", "incident": "one"}
EVENT = Event(
    start_time=NOW, end_time=LATER, status="closed", points=36, peak_score=0.83, peak_time=NOW, mean_score=0.71,
    contributions=(("pump\\flow", 0.4),),
)  # fmt: skip
EXECUTION = InferenceExecution(
    scheduled_start_time=LATER, data_start_time=NOW, data_end_time=LATER, status="FAILED", failed_reason="no"
)
UPLOAD = SimpleNamespace(
    id="u", inference_scheduler_name="pump", status="succeeded", dry_run=False, repeats=None, problem=None,
    files=[SimpleNamespace(first_timestamp=NOW, last_timestamp=LATER)], updated_at=NOW,
    progress=SimpleNamespace(rows_read=1, files_written=1),
)  # fmt: skip
SCORED = ReplayState(status="succeeded", total_windows=2, succeeded_windows=2, failed_windows=0, skipped_windows=0)
REPLAY = Replay(
    id="r", team="default", inference_scheduler_name="pump", start_time=NOW, end_time=LATER, existing_results="keep",
    origin="request", created_by="key:ana", created_at=NOW, updated_at=NOW, state=SCORED,
)  # fmt: skip
TOLD = {
    "anomaly.opened": lambda: notices.anomaly_opened(EVENT, **WHOSE),
    "anomaly.closed": lambda: notices.anomaly_closed(EVENT, **WHOSE),
    "execution.failed": lambda: notices.execution_failed(EXECUTION, **WHOSE),
    "scheduler.status_changed": lambda: notices.status_changed("RUNNING", "STOPPED", NOW, **WHOSE),
    "scheduler.stale": lambda: notices.stale(None, 3, NOW, **WHOSE),
    "upload.finished": lambda: notices.upload_finished(UPLOAD, "default"),
    "replay.finished": lambda: notices.replay_finished(REPLAY, NOW),
}
JSON_TYPES = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", type(None): "null",
}  # fmt: skip


def shown(kind: str) -> dict:
    return webhooks()[kind]["post"]


def test_every_type_of_notification_is_shown():
    assert set(TYPES) | {"webhook.test"} == set(webhooks())
    assert set(TOLD) == set(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_notification_has_the_members_that_are_shown(kind):
    told: Notification = TOLD[kind]()
    schema = shown(kind)["requestBody"]["content"]["application/json"]["schema"]
    sent = document(told)
    assert (told.type, list(sent)) == (kind, schema["required"])
    data = schema["properties"]["data"]["properties"]
    assert set(sent["data"]) == set(data)
    for name, value in sent["data"].items():
        allowed = data[name]["type"]
        assert JSON_TYPES[type(value)] in ([allowed] if isinstance(allowed, str) else allowed), name


def test_the_headers_that_are_sent_are_shown():
    sent = signed_headers(["whsec_AAAA"], "msg_1", b"{}", NOW)
    assert set(sent) == {parameter["name"] for parameter in shown("anomaly.opened")["parameters"]}
