"""The notification of each type: what its `data` says, in the words of the REST answers.

Times are texts, because the data are JSON. Addresses are paths below the service's own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from service.facade.domain.durations import format_duration
from service.facade.domain.events import Event
from service.facade.domain.executions import InferenceExecution
from service.facade.domain.moments import iso
from service.facade.domain.notifications import Notification
from service.facade.domain.replays import Replay
from service.facade.domain.uploads import Upload

CONTRIBUTORS = 5  # that are named, the largest shares first


def anomaly_opened(event: Event, **of: Any) -> Notification:
    """Predictions have turned anomalous. `peak_score` is the highest so far; None where the model gives no scores."""
    return _notification("anomaly.opened", event.start_time, _event(event, of), **of)


def anomaly_closed(event: Event, **of: Any) -> Notification:
    """The rows have been normal for longer than the gap between two events."""
    data = _event(event, of) | {
        "end_time": iso(event.end_time),
        "duration": format_duration(event.duration),
        "points": event.points,
        "mean_score": event.mean_score,
    }
    return _notification("anomaly.closed", event.end_time, data, **of)


def execution_failed(execution: InferenceExecution, **of: Any) -> Notification:
    """The first of the executions, one after the other, that fail for the same reason."""
    data = {
        "scheduled_start_time": iso(execution.scheduled_start_time),
        "data_start_time": iso(execution.data_start_time),
        "data_end_time": iso(execution.data_end_time),
        "failure_code": execution.failure_code,
        "failed_reason": execution.failed_reason,
        "executions_url": f"{_address(of)}/executions",
    }
    return _notification("execution.failed", execution.scheduled_start_time, data, **of)


def status_changed(before: str, after: str, now: datetime, **of: Any) -> Notification:
    """A scheduler was started, stopped or deleted, whoever did it. Statuses are RUNNING, STOPPED and DELETED."""
    data = {"from": before, "to": after, "scheduler_url": _address(of)}
    return _notification("scheduler.status_changed", now, data, **of)


def stale(last_success: datetime | None, windows: int, now: datetime, **of: Any) -> Notification:
    """A running scheduler has had no successful execution for so many windows; `last_success` is the end of the newest
    window that had one."""
    data = {
        "last_success_end_time": last_success and iso(last_success),
        "windows": windows,
        "scheduler_url": _address(of),
    }
    return _notification("scheduler.stale", now, data, **of)


def upload_finished(upload: Upload, team: str) -> Notification:
    """An upload has succeeded, failed or was cancelled."""
    starts, ends = [file.first_timestamp for file in upload.files], [file.last_timestamp for file in upload.files]
    data = {
        "upload_id": upload.id,
        "status": upload.status,
        "dry_run": upload.dry_run,
        "rows_read": upload.progress.rows_read,
        "files_written": upload.progress.files_written,
        "first_timestamp": iso(min(starts)) if starts else None,
        "last_timestamp": iso(max(ends)) if ends else None,
        "repeats": upload.repeats,
        "problem": upload.problem,
        "upload_url": f"/v1/uploads/{upload.id}",
    }
    of = {"team": team, "name": upload.inference_scheduler_name, "incident": f"upload:{upload.id}"}
    return _notification("upload.finished", upload.updated_at, data, **of)


def replay_finished(replay: Replay, now: datetime) -> Notification:
    """A replay that somebody asked for has succeeded, failed or was cancelled."""
    data = vars(replay.state) | {
        "replay_id": replay.id,
        "start_time": iso(replay.start_time),
        "end_time": iso(replay.end_time),
        "replay_url": f"/v1/replays/{replay.id}",
    }
    of = {"team": replay.team, "name": replay.inference_scheduler_name, "incident": f"replay:{replay.id}"}
    return _notification("replay.finished", now, data, **of)


def _event(event: Event, of: dict[str, Any]) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "start_time": iso(event.start_time),
        "peak_score": event.peak_score,
        "peak_time": event.peak_time and iso(event.peak_time),
        "diagnostics": _diagnostics(event.contributions[:CONTRIBUTORS]),
        "event_url": f"{_address(of)}/events/{event.id}",
    }


def _diagnostics(contributions: Sequence[tuple[str, float]]) -> list[dict[str, Any]]:
    """Mean shares over the event, in the form that events have in REST answers."""
    parts = [(name, *name.partition("\\")[::2], share) for name, share in contributions]
    return [dict(zip(("name", "component", "sensor", "value"), part, strict=True)) for part in parts]


def _address(of: dict[str, Any]) -> str:
    return f"/v1/schedulers/{quote(of['name'])}"


def _notification(
    kind: str, at: datetime, data: dict[str, Any], *, team: str, name: str, incident: str, muted_by: str | None = None
) -> Notification:
    return Notification(
        type=kind,
        team=team,
        incident=incident,
        occurred_at=at,
        inference_scheduler_name=name,
        data={"inference_scheduler_name": name, **data},
        muted_by=muted_by,
    )
