"""StartInferenceReplay, DescribeInferenceReplay, StopInferenceReplay: our own, beside the service's operations."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ResourceNotFoundException, ValidationException
from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import boundary_at_or_after, boundary_at_or_before
from service.engine.store import replays
from service.engine.store.replays import UNFINISHED, Replay
from service.engine.store.schedulers import Scheduler


def start_inference_replay(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for past windows of a scheduler, running or stopped, to be scored now. One replay per scheduler at a time."""
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"], lock=True)
    _check_range(call.params["StartTime"], call.params["EndTime"], scheduler, unit)
    other = replays.unfinished_of(unit.connection, scheduler.id)
    if other:
        raise ConflictException(f"The inference replay {other!r} of {scheduler.name!r} has not ended; wait or stop it.")
    replay_id = uuid4().hex
    replays.add(
        unit.connection,
        id=replay_id,
        scheduler_id=scheduler.id,
        start_time=call.params["StartTime"],
        end_time=call.params["EndTime"],
        existing_results=call.params.get("ExistingResults", "KEEP"),
        data_upload_frequency=scheduler.data_upload_frequency,
        data_delay_offset_in_minutes=scheduler.data_delay_offset_in_minutes,
        status="PENDING",
        created_at=unit.now,
        updated_at=unit.now,
    )
    unit.nudge("replay", replay_id)
    return {"ReplayId": replay_id, "InferenceSchedulerName": scheduler.name, "Status": "PENDING"}


def describe_inference_replay(call: Call, unit: Unit) -> dict[str, Any]:
    """How far a replay has come."""
    replay = _require_replay(unit, call.params["ReplayId"])
    return {
        "ReplayId": replay.id,
        "InferenceSchedulerName": replay.scheduler_name,
        "InferenceSchedulerArn": unit.arn(INFERENCE_SCHEDULER, replay.scheduler_name, replay.scheduler_id),
        "StartTime": replay.start_time,
        "EndTime": replay.end_time,
        "ExistingResults": replay.existing_results,
        "Status": replay.status,
        "TotalWindows": replay.total_windows,
        "SucceededWindows": replay.succeeded_windows,
        "FailedWindows": replay.failed_windows,
        "SkippedWindows": replay.skipped_windows,
        "FailedReason": replay.failed_reason,
        "CreatedAt": replay.created_at,
        "UpdatedAt": replay.updated_at,
    }


def stop_inference_replay(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for the end of a replay after the window it is at; asking twice is no error."""
    replay = _require_replay(unit, call.params["ReplayId"], lock=True)
    if replay.actual not in UNFINISHED:
        raise ConflictException(f"The inference replay {replay.id!r} has ended: it is {replay.status}.")
    if not replay.stop_wanted_at:
        replays.change(unit.connection, replay.id, stop_wanted_at=unit.now, updated_at=unit.now)
    unit.nudge("replay", replay.id)
    return {"ReplayId": replay.id, "Status": "STOPPING"}


def _require_replay(unit: Unit, replay_id: str, *, lock: bool = False) -> Replay:
    replay = replays.find(unit.connection, unit.scope, replay_id.lower(), lock=lock)
    if not replay:
        raise ResourceNotFoundException("inference replay", replay_id)
    return replay


def _check_range(start: datetime, end: datetime, scheduler: Scheduler, unit: Unit) -> None:
    """Refuse a range with no whole window in it, with windows that have not ended, or with very many."""
    frequency = parse_duration(scheduler.data_upload_frequency)
    if max(start, end) >= unit.now + frequency:
        raise _in_the_future()
    first, last = boundary_at_or_after(start, frequency), boundary_at_or_before(end, frequency)
    if last - first < frequency:
        raise ValidationException(
            f"Between StartTime and EndTime there is no whole window of {scheduler.data_upload_frequency}."
        )
    if last > unit.now:
        raise _in_the_future()
    if (last - first) // frequency > unit.quotas.replay_windows:
        raise ValidationException(
            f"A replay covers at most {unit.quotas.replay_windows} windows; take a shorter range."
        )


def _in_the_future() -> ValidationException:
    return ValidationException("EndTime lies in the future: only windows that have ended can be replayed.")
