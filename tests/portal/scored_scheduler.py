"""A scheduler over the REST API whose past hours are scored, with a motor that was broken for a while."""

import json
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine_machine import csv_files
from engine_processes import wait_until
from live_facade import Live

HOURS = timedelta(hours=2)
FAULT = (timedelta(minutes=60), timedelta(minutes=100))  # since the beginning


@dataclass(frozen=True)
class Scored:
    """`start` is when the scored time begins; the motor is broken for 40 minutes, an hour later."""

    name: str
    start: datetime
    event_id: str


def readings(start: datetime) -> dict[str, str]:
    """The text of a file per component."""
    whole = csv_files(start, start + HOURS)
    begin, end = (start + offset for offset in FAULT)
    broken = csv_files(begin, end, is_broken=True)["motor"].splitlines()[1:]
    by_time = dict(line.split(",", 1) for line in broken)
    lines = [f"{time},{by_time.get(time, rest)}" for time, rest in
             (line.split(",", 1) for line in whole["motor"].splitlines())]  # fmt: skip
    return whole | {"motor": "\n".join([*lines, ""])}


def score(live: Live, name: str) -> Scored:
    """Train a model, create its scheduler, upload, replay, and wait for the anomaly."""
    live.train(name)
    ask(live, "POST", "/v1/schedulers", new_scheduler(name, live.bucket), Prefer="wait=10")
    for component, text in readings(live.day).items():
        ask(live, "POST", f"/v1/schedulers/{name}/uploads?component={component}", text)
    address = f"/v1/schedulers/{name}"
    wait_until(lambda: _have_succeeded(ask(live, "GET", f"{address}/uploads")["uploads"]), "an upload did not end")
    span = {"start_time": live.day.isoformat(), "end_time": (live.day + HOURS).isoformat()}
    replay = ask(live, "POST", f"{address}/replays", span)
    wait_until(lambda: _have_succeeded([ask(live, "GET", f"/v1/replays/{replay['id']}")]), "the replay did not end")
    [event] = wait_until(lambda: ask(live, "GET", f"{address}/events")["events"], "no anomaly was found")
    return Scored(name, live.day, event["id"])


def _have_succeeded(works: list[dict[str, Any]]) -> bool:
    return all(work["status"] == "succeeded" for work in works)


def new_scheduler(name: str, bucket: str) -> dict[str, Any]:
    place = {part: {f"s3_{part}_configuration": {"bucket": bucket, "prefix": f"{name}/{part}/"}}
             for part in ("input", "output")}  # fmt: skip
    return {
        "inference_scheduler_name": name,
        "model_name": name,
        "data_upload_frequency": "PT5M",
        "data_input_configuration": place["input"],
        "data_output_configuration": place["output"],
    }


def ask(live: Live, method: str, path: str, body: Any = None, **headers: str) -> Any:
    kind = "text/csv" if isinstance(body, str) else "application/json"
    sent = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
    said = {"Authorization": f"Bearer {live.key}", "Content-Type": kind, **headers}
    request = urllib.request.Request(live.address + path, data=sent, method=method, headers=said)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)
