"""The pump's data on their way in, through REST: the past day once, and then every window before it is due."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from service.demo.pump import readings
from service.demo.rest import DemoError, Rest, wait_until
from service.demo.story import NAME, WINDOW, Story, window_start

AHEAD = 2 * WINDOW  # so much of the future is always there already
LONGEST_GAP = timedelta(days=1)
CONFLICT = 409  # a scheduler has one replay at a time
_MINUTE = timedelta(minutes=1)
_Tell = Callable[[str], None]


def upload(rest: Rest, story: Story, start: datetime, end: datetime, tell: _Tell = print) -> None:
    """Upload all sensors of the windows from `start` to `end` as one wide CSV; wait until its files are written."""
    frame = readings(start + _MINUTE, end + _MINUTE, story.faults)  # a window begins after its start, ends with its end
    path = "/v1/uploads/" + rest.post_csv(f"/v1/schedulers/{NAME}/uploads", frame.to_csv())["id"]
    wait_until("upload", lambda: _upload_state(rest.get(path)), tell)


def replay(rest: Rest, start: datetime, end: datetime, tell: _Tell = print) -> None:
    """Score the windows from `start` to `end` that have no result yet, and wait for it."""
    wanted = {"start_time": start.isoformat(), "end_time": end.isoformat(), "existing_results": "keep"}
    begun: list[str] = []

    def state() -> str | None:
        if begun:
            return _replay_state(rest.get(f"/v1/replays/{begun[0]}"))
        try:
            begun.append(rest.post(f"/v1/schedulers/{NAME}/replays", wanted)["id"])
        except DemoError as error:
            if error.status != CONFLICT:
                raise
            return "waiting for the one of an earlier start"
        return "begun"

    wait_until("replay", state, tell)


def feed(rest: Rest, story: Story) -> None:
    """Upload each coming window before it is due, for ever; fill what was missed since the last demo."""
    fed_until = last_fed(rest)
    while True:
        try:
            fed_until = feed_once(rest, story, fed_until, datetime.now(UTC))
        except (DemoError, OSError) as error:
            print(f"the feeder could not upload and tries again: {error}", flush=True)
        time.sleep(5)


def feed_once(rest: Rest, story: Story, fed_until: datetime, now: datetime) -> datetime:
    """Upload what is wanted at `now` and not there yet; returns until when there are data then."""
    this_window = window_start(now)
    wanted = this_window + WINDOW + AHEAD
    if fed_until < wanted:
        upload(rest, story, max(fed_until, this_window), wanted, _say_nothing)
    if fed_until < this_window:  # nobody fed it for a while: the windows of that time failed, or were never run
        missed = max(fed_until, this_window - LONGEST_GAP)
        upload(rest, story, missed, this_window, _say_nothing)
        replay(rest, missed, this_window, _say_nothing)
    return max(fed_until, wanted)


def last_fed(rest: Rest) -> datetime:
    """The end of the last window that an upload had data for."""
    uploads = rest.get(f"/v1/schedulers/{NAME}/uploads")["uploads"]
    last = [file["last_timestamp"] for one in uploads for file in one["files"] if one["status"] == "succeeded"]
    return (
        window_start(datetime.fromisoformat(max(last)) + WINDOW - _MINUTE) if last else datetime.min.replace(tzinfo=UTC)
    )


def _upload_state(upload: dict[str, Any]) -> str | None:
    if upload["status"] == "failed":
        raise DemoError(f"the upload failed: {upload['problem']}")
    progress = upload["progress"]
    total = progress["files_total"]
    shown = f"{progress['files_written']} of {total} files" if total else f"{progress['rows_read']} rows checked"
    return None if upload["status"] == "succeeded" else shown


def _replay_state(replay: dict[str, Any]) -> str | None:
    if replay["status"] in ("failed", "cancelled"):
        raise DemoError(f"the replay {replay['status']}: {replay['failed_reason']}")
    done = sum(replay[f"{outcome}_windows"] or 0 for outcome in ("succeeded", "failed", "skipped"))
    return None if replay["status"] == "succeeded" else f"{done} of {replay['total_windows'] or '?'} windows"


def _say_nothing(_: str) -> None:
    pass
