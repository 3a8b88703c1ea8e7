"""The `webhooks` of the OpenAPI document: what receivers are sent, one entry for each type of notification."""

from typing import Any

from service.facade.api.schemas.notifications import OPENED_EXAMPLE
from service.facade.domain.notifications import TYPES
from service.facade.domain.webhooks import TEST_TYPE

_MESSAGE = "msg_27b9a0f1c3d54e6f8a7b6c5d4e3f2a1b"
_WHOSE = {"inference_scheduler_name": "demo-pump"}

# What each type says and when it comes, with an example of its data.
TOLD: dict[str, tuple[str, dict[str, Any]]] = {
    "anomaly.opened": (
        "Predictions of a scheduler have turned anomalous; `peak_score` is the highest so far.",
        OPENED_EXAMPLE,
    ),
    "anomaly.closed": (
        "They have been normal again for longer than the gap between two events.",
        OPENED_EXAMPLE | {"end_time": "2026-03-01T12:40:00Z", "duration": "PT35M", "points": 36, "mean_score": 0.71240},
    ),
    "execution.failed": (
        "An execution has failed; those that follow with the same reason are not told.",
        {
            "scheduled_start_time": "2026-03-01T12:05:00Z",
            "data_start_time": "2026-03-01T12:00:00Z",
            "data_end_time": "2026-03-01T12:05:00Z",
            "failure_code": "missing_input_file",
            "failed_reason": "No file of pump was found for the window.",
            "executions_url": "/v1/schedulers/demo-pump/executions",
        },
    ),
    "scheduler.status_changed": (
        "A scheduler was started, stopped or deleted, whoever did it.",
        {"from": "RUNNING", "to": "STOPPED", "scheduler_url": "/v1/schedulers/demo-pump"},
    ),
    "scheduler.stale": (
        "A running scheduler has had no successful execution for so many windows.",
        {
            "last_success_end_time": "2026-03-01T11:50:00Z",
            "windows": 3,
            "scheduler_url": "/v1/schedulers/demo-pump",
        },
    ),
    "upload.finished": (
        "An upload has succeeded, failed or was cancelled.",
        {
            "upload_id": "3f2b8c1d9e4a47b6a5c0d1e2f3a4b5c6",
            "status": "succeeded",
            "dry_run": False,
            "rows_read": 300,
            "files_written": 60,
            "first_timestamp": "2026-03-01T07:00:00Z",
            "last_timestamp": "2026-03-01T11:59:00Z",
            "repeats": "9d1c0f4b2f6f7e113f2b8c1d9e4a47b6",
            "problem": {"type": "/problems/invalid-upload", "title": "The uploaded data cannot be used", "status": 422},
            "upload_url": "/v1/uploads/3f2b8c1d9e4a47b6a5c0d1e2f3a4b5c6",
        },
    ),
    "replay.finished": (
        "A replay that somebody asked for has succeeded, failed or was cancelled.",
        {
            "replay_id": "5f0c8a3b9d7e4f21a6b8c9d0e1f2a3b4",
            "status": "succeeded",
            "total_windows": 2,
            "succeeded_windows": 2,
            "failed_windows": 0,
            "skipped_windows": 0,
            "failed_reason": "The engine does not know this replay any more.",
            "start_time": "2026-03-01T12:00:00Z",
            "end_time": "2026-03-01T12:10:00Z",
            "replay_url": "/v1/replays/5f0c8a3b9d7e4f21a6b8c9d0e1f2a3b4",
        },
    ),
}
_MAY_BE_NULL = {
    *("peak_score", "peak_time", "mean_score", "failure_code", "failed_reason", "last_success_end_time"),
    *("first_timestamp", "last_timestamp", "repeats", "problem"),
    *("total_windows", "succeeded_windows", "failed_windows", "skipped_windows"),
}
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}

HEADERS: dict[str, Any] = {
    "webhook-id": {
        "description": "Names the message: the same on every attempt, so that one that comes twice can be told.",
        "schema": {"type": "string"},
        "example": _MESSAGE,
    },
    "webhook-timestamp": {
        "description": "When this attempt was made, in seconds since 1970. Refuse what is older than some minutes.",
        "schema": {"type": "integer"},
        "example": 1772366700,
    },
    "webhook-signature": {
        "description": "`v1,` and HMAC-SHA256 over `id.timestamp.body` in base64, with the secret of the webhook; one "
        "for each secret that holds, with spaces between.",
        "schema": {"type": "string"},
        "example": "v1,1Tv0iSWKJeVTfr2xbB1SIUB3ZbPxPrmHcbsnq/2hhe8=",
    },
}
_RESPONSES = {
    "2XX": {
        "description": "It is taken. Anything else, and no answer within 15 seconds, is tried again for three days."
    },
    "410": {"description": "The receiver wants no more: the webhook is disabled."},
}


def webhooks() -> dict[str, Any]:
    """The member `webhooks`: a path item for each type, and one for test calls."""
    told = {kind: (when, _WHOSE | data) for kind, (when, data) in TOLD.items()}
    told[TEST_TYPE] = "Somebody tries the webhook out.", {"webhook_id": "9d1c0f4b2f6f7e113f2b8c1d9e4a47b6"}
    return {kind: {"post": _operation(kind, *told[kind])} for kind in (*TYPES, TEST_TYPE)}


def _operation(kind: str, when: str, data: dict[str, Any]) -> dict[str, Any]:
    document = {"id": _MESSAGE, "type": kind, "timestamp": "2026-03-01T12:05:00Z", "data": data}
    content = {"schema": _schema(kind, data), "example": document}
    return {
        "operationId": "told_" + kind.replace(".", "_"),
        "tags": ["webhooks"],
        "summary": kind,
        "description": when,
        "parameters": [{"in": "header", "name": name, "required": True} | header for name, header in HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": _RESPONSES,
        "security": [],
    }


def _schema(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    members = {
        "id": {"type": "string", "description": "The same as `webhook-id`."},
        "type": {"type": "string", "const": kind},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": _object({name: _member(name, value) for name, value in data.items()}),
    }
    return _object(members)


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members)}


def _member(name: str, value: Any) -> dict[str, Any]:
    kind = _KINDS[type(value)]
    described: dict[str, Any] = {"type": [kind, "null"] if name in _MAY_BE_NULL else kind}
    if kind == "array":
        described["items"] = _object({part: _member(part, said) for part, said in value[0].items()})
    return described
