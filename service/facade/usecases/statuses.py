"""Changes of the status of schedulers, whoever made them: each look at the upstream's list is held against the last."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.facade.domain.notices import status_changed
from service.facade.domain.notifications import Notification
from service.facade.domain.runs import data_delay, data_frequency
from service.facade.domain.schedulers import SchedulerSummary
from service.facade.domain.watching import DELETED, SETTLED, WatchedScheduler
from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.store import collecting, watched_schedulers
from service.facade.usecases.notifying import notify
from service.facade.usecases.quietness import quietness_of


def note_statuses(resources: Resources, summaries: Mapping[str, SchedulerSummary]) -> None:
    """Take notice of all schedulers of the upstream, by ARN, and of those that are gone."""
    with resources.database.begin() as db:
        followed = collecting.followed_among(db, summaries)
        present = watched_schedulers.present(db)
    for arn, one in followed.items():
        if _is_news(present.get(one.id), summaries[arn]):
            _note(resources, one.id, summaries[arn])
    for watched in present.values():
        if watched.status and watched.inference_scheduler_arn not in summaries and _is_gone(resources, watched):
            _note(resources, watched.scheduler_id, None)


def _is_news(watched: WatchedScheduler | None, summary: SchedulerSummary) -> bool:
    return watched is None or _seen(watched, summary, watched.watched_since) != watched


def _is_gone(resources: Resources, watched: WatchedScheduler) -> bool:
    """Asked for by name: a list that is read page by page may miss what it has while others come and go. What cannot
    be asked now is asked with the next look."""
    try:
        present = resources.schedulers.describe(watched.inference_scheduler_name)
    except SchedulerNotFound:
        return True
    except Problem:
        return False
    return present.inference_scheduler_arn != watched.inference_scheduler_arn


def _note(resources: Resources, scheduler_id: int, summary: SchedulerSummary | None) -> None:
    now = resources.clock()
    with resources.begin() as unit:
        before = watched_schedulers.hold(unit.db, scheduler_id, now)
        after = _seen(before, summary, now)
        watched_schedulers.save(unit.db, after)
        notify(unit, _told(unit.db, before, after, now), now)


def _seen(watched: WatchedScheduler, summary: SchedulerSummary | None, now: datetime) -> WatchedScheduler:
    """The scheduler as the list has it; None: it is gone. Statuses on the way are passed over."""
    if summary is not None:
        rhythm = {"data_upload_frequency": data_frequency(summary), "data_delay": data_delay(summary)}
        watched = replace(watched, **rhythm)
    status = DELETED if summary is None else summary.status
    if status == watched.status or status not in (*SETTLED, DELETED):
        return watched
    return replace(watched, status=status, status_since=now, stale_at=None, stale_quiet=None)


def _told(db: Any, before: WatchedScheduler, after: WatchedScheduler, now: datetime) -> list[Notification]:
    """Nothing where it was never seen before."""
    if before.status is None or before.status == after.status:
        return []
    incident = f"status:{after.scheduler_id}:{now.isoformat()}:{after.status}"
    muted_by = quietness_of(db, after, now).at(now)
    of = {"team": after.team, "name": after.inference_scheduler_name, "incident": incident, "muted_by": muted_by}
    return [status_changed(before.status, after.status, now, **of)]
