"""What the finished executions of a scheduler say: its last success, and failures of which others are told.

A streak of executions that fail for the same reason, one after the other, is told of once, with its first one. How far
failures were seen is committed with the notification. Executions are listed again and again, so what was seen by a
worker that was killed before it said so is seen again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.facade.domain.collecting import FollowedScheduler
from service.facade.domain.executions import InferenceExecution
from service.facade.domain.notices import execution_failed
from service.facade.domain.notifications import Notification
from service.facade.domain.quietness import HISTORY, Result, loudest
from service.facade.domain.watching import Streak, WatchedScheduler, newest_success, streaks
from service.facade.resources import Resources
from service.facade.store import watched_schedulers
from service.facade.usecases.notifying import notify
from service.facade.usecases.quietness import history_until, quietness_over


def note_outcomes(
    resources: Resources, followed: FollowedScheduler, executions: Sequence[InferenceExecution], whole: bool
) -> None:
    """Take notice of the newest executions.

    Args:
        whole: there are no older ones.
    """
    now = resources.clock()
    with resources.begin() as unit:
        before = watched_schedulers.hold(unit.db, followed.id, now)
        seen = _with_success(before, newest_success(executions))
        told: list[Notification] = []
        for streak in streaks(executions, whole):
            seen, notification = _seen(unit.db, resources, seen, streak, now)
            told += [notification] if notification else []
        if seen != before:
            watched_schedulers.save(unit.db, seen)
        notify(unit, told, now)


def _with_success(watched: WatchedScheduler, end: datetime | None) -> WatchedScheduler:
    """A newer success ends what was said of its staleness."""
    last = watched.last_success_end_time
    if end is None or (last is not None and end <= last):
        return watched
    return replace(watched, last_success_end_time=end, stale_at=None, stale_quiet=None)


def _seen(
    db: Any, resources: Resources, watched: WatchedScheduler, streak: Streak, now: datetime
) -> tuple[WatchedScheduler, Notification | None]:
    """The scheduler with this streak seen, and what is to be told of it, if anything is."""
    known = watched.failing_through
    new = [one for one in streak.failures if known is None or one.data_start_time > known]
    if not new:
        return watched, None
    begins = streak.whole and len(new) == len(streak.failures)
    results = [Result(time=one.data_end_time, data_start_time=one.data_start_time, read_at=now) for one in new]
    rules = quietness_over(db, watched, history_until(resources, watched, now), results)
    reasons = [rules.of(result) for result in results]
    quiet = loudest(reasons if begins else [*reasons, watched.failing_quiet])
    after = replace(watched, failing_through=new[-1].data_start_time, failing_quiet=quiet)
    is_told = quiet != HISTORY and (begins or (watched.failing_quiet is not None and quiet is None))
    return after, _failure(watched, new[reasons.index(quiet)], quiet) if is_told else None


def _failure(watched: WatchedScheduler, first: InferenceExecution, muted_by: str | None) -> Notification:
    known_by = f"execution:{watched.scheduler_id}:{first.data_start_time.isoformat()}:{first.failure_code}"
    return execution_failed(
        first,
        team=watched.team,
        name=watched.inference_scheduler_name,
        incident=known_by + (":muted" if muted_by else ""),
        muted_by=muted_by,
    )
