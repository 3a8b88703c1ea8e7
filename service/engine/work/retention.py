"""Executions that ended long ago are deleted, with their events and what shadow versions found in them.

No window runs again for that. A running scheduler keeps every row behind `scheduled_through` and its activation, which
are what tells the tick where to go on; one at rest is activated anew before it runs anything. Results in S3 are the
customer's and stay.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from service.engine.objects import ObjectsRefused, ObjectsUnavailable
from service.engine.resources import Resources
from service.engine.scheduling.retraining import parse_period
from service.engine.store import retention
from service.engine.store.retention import History
from service.stopping import stopping

RUN_SECONDS = 300.0  # then the next hour goes on: trainings wait for the same workers
AT_ONCE = 1000  # executions in one transaction
SCHEDULERS_AT_ONCE = 1000

log = structlog.get_logger(__name__)


def remove_old_executions(resources: Resources, *, run_seconds: float = RUN_SECONDS) -> None:
    """Delete executions that ended longer ago than the settings keep them, in small transactions, for a bounded time.

    Safe to call again, and at the same time from several workers.
    """
    days, now = resources.settings.execution_retention_days, resources.clock()
    if not days:
        return
    ended_before, until, count = now - timedelta(days=days), monotonic() + run_seconds, 0
    for history in _histories(resources):
        data_until = needed_from(history, ended_before, now)
        while deleted := _forget(resources, history, ended_before, data_until):
            count += deleted
            if deleted < AT_ONCE or _is_over(until):
                break
        if _is_over(until):
            break
    log.info("old_executions_removed", count=count, is_complete=not _is_over(until))


def needed_from(history: History, ended_before: datetime, now: datetime) -> datetime:
    """The instant up to which data must end for their execution to be deleted, however long ago that was.

    What a retraining may learn from is kept for it: its lookback window is counted from now.
    """
    needed = [ended_before]
    if history.lookback_window:
        needed.append(now - timedelta(days=parse_period(history.lookback_window).days))
    if history.reads_from:
        needed.append(history.reads_from)
    if history.wanted == "RUNNING":
        needed.append(max(history.activated_at, history.scheduled_through or history.activated_at))
    return min(needed)


def _is_over(until: float) -> bool:
    return monotonic() > until or stopping.is_set()


def _histories(resources: Resources) -> Iterator[History]:
    after = ""
    while True:
        with resources.database.begin() as connection:
            found = retention.histories(connection, after=after, limit=SCHEDULERS_AT_ONCE)
        yield from found
        if len(found) < SCHEDULERS_AT_ONCE:
            return
        after = found[-1].scheduler_id


def _forget(resources: Resources, history: History, ended_before: datetime, data_until: datetime) -> int:
    """Delete one batch; how many there were."""
    bounds = {"ended_before": ended_before, "data_until": data_until}
    with resources.database.begin() as connection:
        shadows = retention.forget(connection, history.scheduler_id, **bounds, limit=AT_ONCE)
    _remove_shadows(resources, [key for key in shadows if key])
    return len(shadows)


def _remove_shadows(resources: Resources, keys: list[str]) -> None:
    """With S3 away they stay until their scheduler goes (`leftovers`)."""
    delete = partial(resources.objects.delete_prefix, resources.settings.engine_bucket)
    try:
        resources.objects.concurrently(delete, keys)
    except (ObjectsRefused, ObjectsUnavailable) as error:
        log.warning("shadow_results_kept", count=len(keys), error=str(error))
