"""Incidents of anomalies: told of once when they begin, and once when they have ended.

They are derived from the predictions that were recorded since the last look, whoever collected them. What was found,
how far the look went and the notifications are committed together: a worker that is killed anywhere leaves predictions
that the next look finds, and what was looked at is not found again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog

from service.facade.domain.events import Event, EventFilter, default_gap, largest
from service.facade.domain.incidents import Change, Incident, change_of, vanished
from service.facade.domain.notices import CONTRIBUTORS, anomaly_closed, anomaly_opened
from service.facade.domain.notifications import Notification
from service.facade.domain.quietness import Result
from service.facade.domain.watching import WatchedScheduler
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.store import events, incidents, watched_schedulers
from service.facade.usecases.notifying import notify
from service.facade.usecases.quietness import history_until, quietness_over

_EVERY_EVENT = 2**31 - 2
_TICK = datetime.resolution
log = structlog.get_logger(__name__)


def sweep_anomalies(resources: Resources) -> None:
    """Look at every scheduler that has predictions which nobody has looked at: their nudge was lost."""
    with resources.database.begin() as db:
        waiting = watched_schedulers.with_news(db)
    for scheduler_id in waiting:
        try:
            tell_anomalies(resources, scheduler_id)
        except Problem as problem:
            log.warning("anomalies_not_told", scheduler=scheduler_id, problem=problem.slug, detail=problem.detail)


def tell_anomalies(resources: Resources, scheduler_id: int) -> None:
    """Tell of the anomalies that begin and end with the newest predictions of a scheduler."""
    now = resources.clock()
    with resources.begin() as unit:
        watched = watched_schedulers.hold(unit.db, scheduler_id, now)
        through = incidents.last_record_number(unit.db, scheduler_id)
        if through == watched.seen_record_number:
            return
        changes = _changes(unit.db, watched, through, history_until(resources, watched, now), now)
        incidents.save(unit.db, scheduler_id, [change.incident for change in changes])
        watched_schedulers.save(unit.db, replace(watched, seen_record_number=through))
        notify(unit, list(_notifications(unit.db, watched, changes)), now)


def _changes(db: Any, watched: WatchedScheduler, through: int, since: datetime, now: datetime) -> list[Change]:
    """What the predictions up to the record number `through` change, the oldest event first."""
    scheduler_id = watched.scheduler_id
    rows = incidents.new_anomalies(db, scheduler_id, watched.seen_record_number, through, since, now)
    unended = incidents.unended(db, scheduler_id)
    found = _events_around(db, scheduler_id, rows, unended)
    if not found:
        return [vanished(incident, now) for incident in unended]
    rules = quietness_over(db, watched, since, rows) if rows else None
    news = {row.time: rules.of(row) for row in rows} if rules else {}
    known = incidents.touching(db, scheduler_id, found[0].start_time, found[-1].end_time)
    gone = [one for one in unended if not any(one.touches(event) for event in found)]
    changes = [change for event in found for change in change_of(event, news, known, now, _new_id)]
    return [*(vanished(incident, now) for incident in gone), *changes]


def _events_around(db: Any, scheduler_id: int, rows: Sequence[Result], unended: Sequence[Incident]) -> list[Event]:
    """The events of new rows and of open incidents, merged as everywhere, the oldest first."""
    starts = [*(row.time for row in rows), *(incident.start_time for incident in unended)]
    ends = [*(row.time for row in rows), *(incident.end_time for incident in unended)]
    if not starts:
        return []
    around = EventFilter(start_time=min(starts) - _TICK, end_time=max(ends))
    gap = default_gap(events.usual_pause(db, scheduler_id))
    return events.newest_first(db, scheduler_id, around, gap, _EVERY_EVENT)[::-1]


def _notifications(db: Any, watched: WatchedScheduler, changes: Sequence[Change]) -> Iterator[Notification]:
    told = [change for change in changes if change.opens or change.closes]
    shares = events.mean_shares(db, watched.scheduler_id, [change.event for change in told])
    for change in told:
        mine, muted_by = shares.get(change.event.start_time, {}), change.incident.muted_by
        event = replace(change.event, contributions=largest(mine, CONTRIBUTORS))
        of = {"team": watched.team, "name": watched.inference_scheduler_name, "muted_by": muted_by}
        if change.opens:
            yield anomaly_opened(event, incident=change.incident.key("opened"), **of)
        if change.closes:
            yield anomaly_closed(event, incident=change.incident.key("closed"), **of)


def _new_id() -> str:
    return uuid4().hex
