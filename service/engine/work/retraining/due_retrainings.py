"""Retraining: schedulers change their state, and dates that fell due become versions to be trained.

A version is the piece of work; it is trained like any other. Its date is unique in the model, so neither two ticks
nor one that was killed make two of them.
"""

from datetime import datetime, timedelta

import structlog

from service.engine.resources import Resources
from service.engine.scheduling.retraining import first_run, newest_run, parse_period
from service.engine.store import due_retrainings
from service.engine.store.database import Connection
from service.engine.store.retraining_schedulers import RetrainingScheduler
from service.engine.store.unfinished import Piece, training_id
from service.engine.work.retraining.promotion import CANCELLED, Verdict

_STOPPED = Verdict(CANCELLED, "The retraining scheduler was stopped before the retraining began.")

log = structlog.get_logger(__name__)


def advance_retrainings(resources: Resources, now: datetime) -> list[Piece]:
    """Bring every retraining scheduler up to date; the trainings that are new. One that throws delays no other."""
    with resources.database.begin() as connection:
        waiting = due_retrainings.waiting(connection, now)
    pieces: list[Piece] = []
    for model_id in waiting:
        try:
            pieces += _advance(resources, model_id, now)
        except Exception:
            log.exception("retraining_not_advanced", model_id=model_id)
    return pieces


def _advance(resources: Resources, model_id: str, now: datetime) -> list[Piece]:
    with resources.database.begin() as connection:
        scheduler = due_retrainings.take(connection, model_id)
        if scheduler is None:
            return []
        if scheduler.wanted == "STOPPED":
            _settle_stop(connection, scheduler, now)
            return []
        if scheduler.actual == "STOPPED":
            due_retrainings.set_actual(connection, model_id, "RUNNING", now)
        return _add_due(connection, scheduler, now) if scheduler.next_run_at <= now else []


def _settle_stop(connection: Connection, scheduler: RetrainingScheduler, now: datetime) -> None:
    """A retraining that has begun comes to its end first."""
    due_retrainings.cancel_unbegun(connection, scheduler.model_id, now, **_STOPPED.columns())
    if scheduler.actual == "RUNNING" and not due_retrainings.is_under_way(connection, scheduler.model_id):
        due_retrainings.set_actual(connection, scheduler.model_id, "STOPPED", now)


def _add_due(connection: Connection, scheduler: RetrainingScheduler, now: datetime) -> list[Piece]:
    """The version for the date that has come; of several, after an outage, for the newest, which has all their data."""
    start, frequency = scheduler.retraining_start_date, parse_period(scheduler.retraining_frequency)
    date = newest_run(start, frequency, scheduler.next_run_at, now)
    lookback = timedelta(days=parse_period(scheduler.lookback_window).days)
    number = due_retrainings.add_version(connection, scheduler, date, lookback, now)
    due_retrainings.set_next_run(connection, scheduler.model_id, first_run(start, frequency, date + timedelta(days=1)))
    log.info("retraining_due", model=scheduler.model_name, date=date.isoformat(), version=number)
    return [] if number is None else [Piece("training", training_id(scheduler.model_id, number))]
