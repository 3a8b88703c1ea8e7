"""One replay: past windows of a scheduler are scored now, with the same code as a scheduled run.

A replay works in slices, so that it never keeps a worker's thread from scheduled runs for long; a killed one goes on
behind the last window it recorded.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

import structlog

from service.engine.counts import count_execution
from service.engine.nudges import nudge
from service.engine.objects import ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import Schedule, Window, windows_between
from service.engine.store import execution_runs, replay_runs, schedulers
from service.engine.store.database import SQLAlchemyError
from service.engine.store.execution_runs import Outcome
from service.engine.store.executions import Execution
from service.engine.store.replays import Replay
from service.engine.store.schedulers import Scheduler
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import give_back, in_hand
from service.engine.work.inference.replay_files import with_files
from service.engine.work.inference.window_runs import Prepared, run_window
from service.engine.work.problems import as_reason, engine_failed
from service.stopping import stopping

SLICE_SECONDS = 30.0

log = structlog.get_logger(__name__)


def run_replay(resources: Resources, replay_id: str, *, slice_seconds: float = SLICE_SECONDS) -> None:
    """Run a slice of one replay, and send it again when windows are left. Safe to call again at any time.

    Its status ends as SUCCESS when every window was looked at, as FAILED when windows failed and not one succeeded.
    While S3 is away it stays IN_PROGRESS and the sweep sends it again.
    """
    piece = Piece("replay", replay_id)
    with in_hand(resources, piece) as ours:
        is_left = ours and _run_slice(resources, replay_id, monotonic() + slice_seconds)
    if is_left:
        nudge(resources.queue, [piece])


def _run_slice(resources: Resources, replay_id: str, until: float) -> bool:
    """Whether windows are left when the time is up."""
    with resources.database.begin() as connection:
        replay = replay_runs.unfinished(connection, replay_id)
        scheduler = replay and schedulers.get(connection, replay.scheduler_id)
    if replay is None:
        return False
    windows = _windows_of(replay)
    with resources.database.begin() as connection:
        replay_runs.begin(connection, replay_id, len(windows), resources.clock())
    try:
        is_in_time = _run_windows(resources, replay, scheduler, windows, until)
    except ObjectsUnavailable as error:
        log.warning("replay_interrupted", replay_id=replay_id, error=str(error))
        return False
    if is_in_time:
        _end(resources, replay_id)
    return not is_in_time


def _run_windows(
    resources: Resources, replay: Replay, scheduler: Scheduler, windows: Sequence[Window], until: float
) -> bool:
    """Run what is left of the windows; False when the time was up before the last one or a stop, or the worker ends."""
    if replay.stop_wanted_at:
        return True
    left = [window for window in windows if not replay.done_through or window.data_end_time > replay.done_through]
    for window, prepared in with_files(resources, scheduler, left):
        if not _run_one(resources, replay, scheduler, window, prepared):
            return True
        if monotonic() > until or stopping.is_set():
            return False
    return True


def _windows_of(replay: Replay) -> list[Window]:
    """The grid windows inside the replay's range whose regular wake-up had passed when it was asked for.

    Later ones are left to the schedule: scoring them before their data is complete would be in its way.
    """
    schedule = _schedule_of(replay)
    windows = windows_between(replay.start_time, replay.end_time, schedule.frequency)
    return [window for window in windows if schedule.wakes_at(window) <= replay.created_at]


def _schedule_of(replay: Replay) -> Schedule:
    """The grid that the scheduler had when the replay was asked for."""
    return Schedule(
        frequency=parse_duration(replay.data_upload_frequency),
        data_delay=timedelta(minutes=replay.data_delay_offset_in_minutes),
        activated_at=replay.created_at,
    )


def _run_one(
    resources: Resources, replay: Replay, scheduler: Scheduler, window: Window, prepared: Prepared | None
) -> bool:
    """Run one window, if it is the replay's to run. False when a stop was asked for meanwhile."""
    with resources.database.begin() as connection:
        execution = execution_runs.take_for_replay(
            connection,
            scheduler,
            replay.id,
            data_start_time=window.data_start_time,
            data_end_time=window.data_end_time,
            scheduled_start_time=_schedule_of(replay).wakes_at(window),
            keep_successes=replay.existing_results == "KEEP",
            now=resources.clock(),
        )
    outcome = execution and _outcome(resources, execution, prepared)
    with resources.database.begin() as connection:
        now = resources.clock()
        recorded = outcome and execution_runs.record(connection, execution, outcome, now)
        status = outcome.status if outcome else "SKIPPED"
        goes_on = replay_runs.count_window(connection, replay.id, status, window.data_end_time, now)
    if recorded:
        count_execution("replay", status)
    return goes_on


def _outcome(resources: Resources, execution: Execution, prepared: Prepared | None) -> Outcome:
    try:
        return run_window(resources, execution, prepared)
    except ObjectsUnavailable:
        give_back(resources, Piece("replay", execution.replay_id))
        raise
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("replay_window_broke", execution_id=execution.id)
        return Outcome(status="FAILED", failed_reason=engine_failed(error))


def _end(resources: Resources, replay_id: str) -> None:
    with resources.database.begin() as connection:
        replay = replay_runs.unfinished(connection, replay_id)
        if replay is None:  # another worker has ended it, which overtook us
            return
        looked_at = replay.succeeded_windows + replay.failed_windows + replay.skipped_windows
        if looked_at < replay.total_windows:
            status, reason = "STOPPED", None
            said = "The replay was stopped before this window was scored."
            execution_runs.fail_left_over(connection, replay_id, said, resources.clock())
        elif replay.failed_windows and not replay.succeeded_windows + replay.skipped_windows:
            first = execution_runs.first_failure(connection, replay_id)
            said = f"None of the {replay.failed_windows} windows could be scored. {first}"
            status, reason = "FAILED", as_reason(said)
        else:
            status, reason = "SUCCESS", None
        replay_runs.end(connection, replay_id, status, reason, resources.clock())
    log.info("replay_recorded", replay_id=replay_id, status=status)
