"""One scheduled execution: the window is claimed, read, scored, written, and its outcome recorded."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from service.engine.counts import count_execution, count_shadow
from service.engine.objects import ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.store import execution_runs
from service.engine.store.database import SQLAlchemyError
from service.engine.store.execution_runs import Outcome, Shadow
from service.engine.store.executions import Execution
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import give_back, window_in_hand
from service.engine.work.inference.slots import SLOT_SECONDS
from service.engine.work.inference.time_limits import TIME_LIMITS, Limited, TimeIsUp
from service.engine.work.inference.window_runs import run_window
from service.engine.work.problems import engine_failed

FAULTS_TRIED_FOR = timedelta(minutes=1)  # then a fault of the engine's own is taken to be final

log = structlog.get_logger(__name__)


def run_execution(resources: Resources, execution_id: int) -> None:
    """Run one scheduled window to its end. Safe to call again, and at the same time from several workers.

    When S3 is away the execution stays IN_PROGRESS and the sweep sends it again, until the next window is due; then it
    is FAILED with a sentence. A failure of the database leaves everything as it was, for the sweep.
    """
    with window_in_hand(resources, execution_id) as execution:
        if execution is None:
            return
        if TIME_LIMITS.is_slow(execution.scheduler_id, SLOT_SECONDS):  # the window before keeps a thread already
            give_back(resources, _piece(execution))
            return
        with TIME_LIMITS.limit(_limited(resources, execution)):
            _run(resources, execution)


def _run(resources: Resources, execution: Execution) -> None:
    try:
        outcome = run_window(resources, execution, written=partial(_bound_shadow, resources, execution))
    except TimeIsUp:
        log.warning("execution_came_too_late", execution_id=execution.id)
        return
    except Exception as error:
        outcome = _last_outcome(execution, error, resources.clock())
        log.warning("execution_interrupted", execution_id=execution.id, final=bool(outcome), exc_info=error)
    if outcome:
        record(resources, execution, outcome)
    else:
        give_back(resources, _piece(execution))


def _piece(execution: Execution) -> Piece:
    return Piece("execution", str(execution.id))


def _limited(resources: Resources, execution: Execution) -> Limited:
    seconds = resources.settings.execution_seconds
    reason = (
        f"The window could not be scored within {seconds:g} seconds (LOOKOUT_EXECUTION_SECONDS): S3 answers too "
        "slowly, or there is too much data in it for this machine."
    )
    give_up = partial(record, resources, execution, Outcome(status="FAILED", failed_reason=reason))
    return Limited(group=execution.scheduler_id, seconds=seconds, give_up=give_up)


def _bound_shadow(resources: Resources, execution: Execution, outcome: Outcome) -> None:
    """The result is written: from here on it is the shadow version alone that is given up."""
    TIME_LIMITS.go_on_beside(partial(_give_up_shadow, resources, execution, outcome))


def _give_up_shadow(resources: Resources, execution: Execution, outcome: Outcome) -> None:
    seconds, version = resources.settings.execution_seconds, execution.shadow_version
    reason = (
        f"The shadow version had not scored the window {seconds:g} seconds after it began (LOOKOUT_EXECUTION_SECONDS)."
    )
    if record(resources, execution, replace(outcome, shadow=Shadow(version=version, failed_reason=reason))):
        log.warning("shadow_given_up", execution_id=execution.id, version=version, seconds=seconds)
        count_shadow("given_up")


def record(resources: Resources, execution: Execution, outcome: Outcome) -> bool:
    """Write down how the window ended; whether nobody else had done so."""
    now = resources.clock()
    with resources.database.begin() as connection:
        recorded = execution_runs.record(connection, execution, outcome, now)
    if recorded:
        wakes_at, began = execution.scheduled_start_time, execution.started_at or now
        count_execution("scheduled", outcome.status, lateness=now - wakes_at, waited=began - wakes_at)
    log.info(
        "execution_recorded", execution_id=execution.id, status=outcome.status, failed_reason=outcome.failed_reason
    )
    return recorded


def _last_outcome(execution: Execution, error: Exception, now: datetime) -> Outcome | None:
    """FAILED when another attempt makes no sense, else None: the sweep sends it again."""
    began = max(execution.scheduled_start_time, execution.created_at)
    waited = now - began
    too_late = waited >= execution.data_end_time - execution.data_start_time
    if isinstance(error, ObjectsUnavailable):
        minutes = round(waited / timedelta(minutes=1))
        reason = f"S3 could not be used for {minutes} minutes, until the next window was due. {error}"
        return Outcome(status="FAILED", failed_reason=reason) if too_late else None
    is_ours = not isinstance(error, SQLAlchemyError) and waited >= FAULTS_TRIED_FOR
    return Outcome(status="FAILED", failed_reason=engine_failed(error)) if too_late or is_ours else None
