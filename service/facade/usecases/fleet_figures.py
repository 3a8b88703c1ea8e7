"""Figures of the fleet at this moment, for whoever scrapes: which neighbours answer, what waits, who is behind.

They are asked for when they are wanted and kept for a few seconds, so that several scrapers cost no more than one. The
names of schedulers are labels, of so many at most: how many there are in all is said beside.
"""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime

from service.facade.domain.fleet_state import FleetState, SchedulerState
from service.facade.problems import DatabaseUnavailable
from service.facade.resources import Resources
from service.facade.store import fleet_state
from service.facade.usecases.health import Readiness, readiness
from service.facade.usecases.heartbeats import MISSED_AFTER
from service.telemetry.exposition import Figure

MOST_SCHEDULERS = 300
_KEPT_SECONDS = 5.0
_NAMES = ("team", "scheduler")


def fleet_figures(resources: Resources) -> list[Figure]:
    """Without PostgreSQL those that say so, and nothing of what it would tell."""
    now = time.monotonic()
    for asked_at, figures in resources.last_figures[-1:]:
        if now - asked_at < _KEPT_SECONDS:
            return figures
    figures = list(_ask(resources))
    resources.last_figures[:] = [(now, figures)]
    return figures


def _ask(resources: Resources) -> Iterator[Figure]:
    found = readiness(resources)
    yield _neighbours(found)
    yield from _disk(resources)
    if found.checks["database"].ok and found.checks["migrations"].ok:
        now = resources.clock()
        try:
            with resources.database.begin() as db:
                state = fleet_state.read(db, now, MOST_SCHEDULERS, MISSED_AFTER)
        except DatabaseUnavailable:
            return
        yield from _queues(state, now)
        yield from _schedulers(state, now)


def _neighbours(found: Readiness) -> Figure:
    """What is not known, for want of another one, is not there."""
    up = {(name,): float(check.ok) for name, check in found.checks.items() if check.ok is not None}
    return Figure("neighbour_up", "Whether it answers and is as it should be, as /readyz says.", ("neighbour",), up)


def _disk(resources: Resources) -> Iterator[Figure]:
    """Of the folder of the embedded servers, where there is one."""
    folder = resources.settings.data_path
    if folder.is_dir():
        usage = shutil.disk_usage(folder)
        yield Figure("data_disk_free_bytes", "Free on the disk of LOOKOUT_DATA_DIR.", (), {(): usage.free})
        yield Figure("data_disk_size_bytes", "Size of that disk.", (), {(): usage.total})


def _queues(state: FleetState, now: datetime) -> Iterator[Figure]:
    rows = {(one.kind,): float(one.rows) for one in state.waiting}
    ages = {
        (one.kind,): max(0.0, (now - one.due_since).total_seconds()) if one.due_since else 0.0 for one in state.waiting
    }
    yield Figure("queue_rows", "Rows that a worker has to see to.", ("kind",), rows)
    yield Figure("queue_oldest_age_seconds", "How long the first of them is due.", ("kind",), ages)
    yield Figure("workers_alive", "Facade workers whose heart beats.", (), {(): state.workers})
    yield Figure("database_size_bytes", "Of the facade's database.", (), {(): state.database_bytes})


def _schedulers(state: FleetState, now: datetime) -> Iterator[Figure]:
    by_status = {(status,): float(count) for status, count in state.by_status.items()}
    yield Figure("schedulers", "Schedulers that the upstream has.", ("status",), by_status)
    yield Figure("schedulers_left_out", "Those of which no more is told here.", (), {(): state.left_out})
    running = {_labels(one): float(one.is_running) for one in state.schedulers}
    yield Figure("scheduler_running", "Whether it is started.", _NAMES, running)
    windows = {_labels(one): one.data_upload_frequency.total_seconds() for one in state.schedulers if one.is_running}
    yield Figure("scheduler_window_seconds", "How long a window of it is.", _NAMES, windows)
    ages = {
        _labels(one): (now - one.last_success_end_time).total_seconds()
        for one in state.schedulers
        if one.last_success_end_time
    }
    yield Figure("scheduler_last_success_age_seconds", "Since the end of its last window with a result.", _NAMES, ages)
    lags = {_labels(one): lag.total_seconds() for one, lag in state.lags(now)}
    yield Figure(
        "scheduler_collection_lag_seconds", "Between its last window that is due and the last collected.", _NAMES, lags
    )


def _labels(scheduler: SchedulerState) -> tuple[str, str]:
    return scheduler.team, scheduler.inference_scheduler_name
