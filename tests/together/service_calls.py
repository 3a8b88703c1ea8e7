"""Plain HTTP calls of a live facade, with its key."""

import json
from email.message import Message
from typing import Any
from urllib.request import Request, urlopen

from engine_processes import wait_until
from live_facade import Live

_UNFINISHED = ("awaiting", "queued", "running", "in_progress")


def send(live: Live, path: str, body: dict | str, **headers: str) -> Message:
    """POST JSON, or a text as CSV; the headers of the answer."""
    text, kind = (body, "text/csv") if isinstance(body, str) else (json.dumps(body), "application/json")
    with _ask(live, path, {"Content-Type": kind, **headers}, text.encode()) as answer:
        return answer.headers


def get(live: Live, path: str) -> Any:
    with _ask(live, path) as answer:
        return json.load(answer)


def see_off(live: Live, address: str) -> dict[str, Any]:
    """An operation, upload or replay when it has ended well."""

    def ended() -> dict[str, Any] | None:
        seen = get(live, f"{address}?wait=1")
        return None if seen["status"] in _UNFINISHED else seen

    seen = wait_until(ended, f"{address} does not end")
    assert seen["status"] == "succeeded", seen
    return seen


def create_scheduler(live: Live, name: str, model: str, **headers: str) -> None:
    """It runs, on `<name>/in/` and `<name>/out/`."""
    bucket = {"bucket": live.bucket}
    scheduler = {
        "inference_scheduler_name": name,
        "model_name": model,
        "data_upload_frequency": "PT5M",
        "data_input_configuration": {"s3_input_configuration": bucket | {"prefix": f"{name}/in/"}},
        "data_output_configuration": {"s3_output_configuration": bucket | {"prefix": f"{name}/out/"}},
    }
    see_off(live, send(live, "/v1/schedulers", scheduler, **headers)["Operation-Location"])


def _ask(live: Live, path: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Any:
    own = {"Authorization": f"Bearer {live.key}"}
    return urlopen(Request(live.address + path, body, own | (headers or {})), timeout=30)
