"""The tick: schedulers change their state, due windows become executions, forgotten work is sent again.

Several ticks may run on several hosts. A scheduler is taken by one of them at a time, and the unique window of an
execution is the last word.
"""

from datetime import datetime, timedelta
from threading import Event
from time import monotonic

import structlog

from service.engine.counts import count_round
from service.engine.resources import TRAINING, Resources
from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import Schedule, Window, due_windows
from service.engine.store import client_tokens, due, unfinished
from service.engine.store.database import Connection
from service.engine.store.schedulers import Scheduler
from service.engine.store.unfinished import Piece
from service.engine.work.nudges import nudge

INTERVAL_SECONDS = 0.5
PAUSE_SECONDS = 1.0  # after a round that failed
TIDY_SECONDS = 3600.0
SENT_AGAIN_AT_ONCE = 200  # pieces

log = structlog.get_logger(__name__)


def run_tick_loop(resources: Resources, stop_event: Event) -> None:
    """Tick until the event is set. What goes wrong in one round is logged, and the next round comes."""
    log.info("tick_started")
    tidied = monotonic() - TIDY_SECONDS
    while not stop_event.is_set():
        try:
            _round(resources)
            if monotonic() - tidied >= TIDY_SECONDS:
                _tidy(resources)
                tidied = monotonic()
        except Exception:
            log.exception("tick_failed")
            stop_event.wait(PAUSE_SECONDS)
        stop_event.wait(INTERVAL_SECONDS)
    log.info("tick_stopped")


def _round(resources: Resources) -> None:
    began, outcome = monotonic(), "failed"
    try:
        tick(resources, resources.clock())
        outcome = "succeeded"
    finally:
        count_round(outcome, monotonic() - began)


def tick(resources: Resources, now: datetime) -> None:
    """One round at the instant `now`."""
    with resources.database.begin() as connection:
        schedulers = due.active_schedulers(connection)
    for scheduler in schedulers:
        if scheduler.wanted != scheduler.actual or _due_windows(resources, scheduler, now):
            nudge(resources.queue, _advance(resources, scheduler.id, now))
    nudge(resources.queue, sweep(resources, now))


def _advance(resources: Resources, scheduler_id: str, now: datetime) -> list[Piece]:
    """Bring one scheduler up to date; the executions that are new."""
    with resources.database.begin() as connection:
        scheduler = due.take(connection, scheduler_id)
        if scheduler is None:
            return []
        if scheduler.wanted == "STOPPED":
            if scheduler.actual == "RUNNING" and not due.is_in_flight(connection, scheduler.id):
                due.set_actual(connection, scheduler.id, "STOPPED")
            return []
        if scheduler.actual == "STOPPED":
            due.set_actual(connection, scheduler.id, "RUNNING")
        return _add_due(connection, resources, scheduler, now)


def _due_windows(resources: Resources, scheduler: Scheduler, now: datetime) -> list[Window]:
    catch_up = timedelta(hours=resources.settings.catch_up_hours)
    return due_windows(schedule_of(scheduler), now, scheduler.scheduled_through, catch_up)


def _add_due(connection: Connection, resources: Resources, scheduler: Scheduler, now: datetime) -> list[Piece]:
    """New executions, the newest window first: after an outage the present must not wait for the past."""
    windows = _due_windows(resources, scheduler, now)
    if not windows:
        return []
    added = [_add(connection, scheduler, schedule_of(scheduler), window, now) for window in reversed(windows)]
    due.set_scheduled_through(connection, scheduler.id, windows[-1].data_end_time)
    log.info("windows_due", scheduler=scheduler.name, windows=[str(window) for window in windows])
    return [Piece("execution", str(execution_id)) for execution_id in added if execution_id is not None]


def _add(connection: Connection, scheduler: Scheduler, schedule: Schedule, window: Window, now: datetime) -> int | None:
    return due.add_execution(
        connection,
        scheduler,
        data_start_time=window.data_start_time,
        data_end_time=window.data_end_time,
        scheduled_start_time=schedule.wakes_at(window),
        now=now,
    )


def schedule_of(scheduler: Scheduler) -> Schedule:
    """When the scheduler wakes, by its configuration of today."""
    return Schedule(
        frequency=parse_duration(scheduler.data_upload_frequency),
        data_delay=timedelta(minutes=scheduler.data_delay_offset_in_minutes),
        activated_at=scheduler.activated_at,
    )


def sweep(resources: Resources, now: datetime) -> list[Piece]:
    """Unfinished work that nobody works on and that another message is due for; marked as nudged now.

    However much there is, one round sends a bounded part of it, so that no due window waits for the sweep.

    This is what brings back the work of a worker that was killed, and messages that a broker lost.
    """
    with resources.database.begin() as connection:
        pieces = unfinished.waiting(connection, now, SENT_AGAIN_AT_ONCE)
        unfinished.nudged(connection, pieces, now)
    if pieces:
        log.info("work_sent_again", count=len(pieces), pieces=[f"{piece.kind}:{piece.id}" for piece in pieces[:10]])
    return pieces


def _tidy(resources: Resources) -> None:
    """Forget what nobody asks for any more. What takes time is left to a worker: nothing may hold up the tick."""
    with resources.database.begin() as connection:
        forgotten = client_tokens.forget_old(connection)
    log.info("tokens_forgotten", count=forgotten)
    resources.queue.send(TRAINING, "remove_leftovers", "")
