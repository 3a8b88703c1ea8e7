"""Schedulers whose time has come: they change their state, and windows that fell due become executions."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

import structlog

from service.engine.counts import count_execution
from service.engine.resources import Resources
from service.engine.scheduling.windows import Window, due_windows, next_wake
from service.engine.store import due
from service.engine.store.database import Connection, DatabaseAway
from service.engine.store.due import Step
from service.engine.store.schedulers import Scheduler
from service.engine.store.unfinished import Piece
from service.engine.work.giving_up import give_up_overdue
from service.engine.work.schedules import catch_up_of, schedule_of

AT_ONCE = 500  # schedulers in one transaction
LOOK_AGAIN = timedelta(seconds=0.5)  # at one that waits for its last execution to end
PUT_OFF = timedelta(minutes=1)  # for one that no step could be found for

log = structlog.get_logger(__name__)


def wake_due(resources: Resources, now: datetime) -> tuple[int, list[Piece]]:
    """Bring a batch of schedulers up to date: how many, and the executions that are new, the newest windows first.

    A scheduler that cannot be brought up to date is put off and keeps no other one back.
    """
    try:
        return _wake(resources, now, AT_ONCE)
    except DatabaseAway:
        raise
    except Exception as error:
        log.warning("batch_taken_apart", cause=repr(error))
    woken = list(takewhile(lambda one: one[0], (_wake_one(resources, now) for _ in range(AT_ONCE))))
    return len(woken), [piece for _, pieces in woken for piece in pieces]


def _wake(resources: Resources, now: datetime, limit: int) -> tuple[int, list[Piece]]:
    with resources.database.begin() as connection:
        schedulers = due.take_due(connection, now, limit)
        ending = [scheduler.id for scheduler in schedulers if scheduler.wanted == "STOPPED"]
        busy = due.in_flight(connection, ending)
        steps = [(scheduler, _step_or_none(resources, scheduler, now, busy)) for scheduler in schedulers]
        pieces = _take_steps(connection, steps, now)
        fell_due = [scheduler for scheduler, step in steps if step.windows]
        given_up = give_up_overdue(resources, connection, fell_due, now)
    for _ in range(given_up):
        count_execution("scheduled", "FAILED")
    return len(steps), pieces


def _wake_one(resources: Resources, now: datetime) -> tuple[int, list[Piece]]:
    """The most overdue scheduler alone; what the database refuses for it is put off as well."""
    try:
        return _wake(resources, now, 1)
    except DatabaseAway:
        raise
    except Exception:
        with resources.database.begin() as connection:
            for scheduler in due.take_due(connection, now, 1):
                log.exception("scheduler_put_off", scheduler=scheduler.name)
                due.record(connection, [(scheduler, _put_off(scheduler, now))], now)
        return 1, []


def _step_or_none(resources: Resources, scheduler: Scheduler, now: datetime, busy: Collection[str]) -> Step:
    try:
        return step_of(resources, scheduler, now, is_busy=scheduler.id in busy)
    except Exception:
        log.exception("scheduler_put_off", scheduler=scheduler.name)
        return _put_off(scheduler, now)


def step_of(resources: Resources, scheduler: Scheduler, now: datetime, *, is_busy: bool) -> Step:
    """What becomes of a scheduler now; `is_busy` says that a scheduled run of it has not ended."""
    if scheduler.wanted == "STOPPED":
        if scheduler.actual == "RUNNING" and is_busy:
            return Step(actual="RUNNING", next_wake_at=now + LOOK_AGAIN, windows={})
        return Step(actual="STOPPED", next_wake_at=None, windows={})
    schedule = schedule_of(scheduler)
    windows = _due_windows(resources, scheduler, now)
    wakes = {window: schedule.wakes_at(window) for window in windows}
    return Step(actual="RUNNING", next_wake_at=next_wake(schedule, now), windows=wakes)


def _due_windows(resources: Resources, scheduler: Scheduler, now: datetime) -> list[Window]:
    catch_up = catch_up_of(scheduler, resources.settings)
    return due_windows(schedule_of(scheduler), now, scheduler.scheduled_through, catch_up)


def _put_off(scheduler: Scheduler, now: datetime) -> Step:
    return Step(actual=scheduler.actual, next_wake_at=now + PUT_OFF, windows={})


def _take_steps(connection: Connection, steps: Sequence[tuple[Scheduler, Step]], now: datetime) -> list[Piece]:
    due.record(connection, steps, now)
    added = due.add_executions(connection, steps, now)
    for scheduler, step in steps:
        if step.windows:
            log.info("windows_due", scheduler=scheduler.name, windows=[str(window) for window in step.windows])
    return [Piece("execution", str(execution_id)) for execution_id in added]
