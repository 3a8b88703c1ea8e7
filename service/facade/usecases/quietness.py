"""How loud what happened to a scheduler is told: its maintenance windows, and the replays over a range."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from service.facade.domain.quietness import Quietness, Result
from service.facade.domain.watching import WatchedScheduler
from service.facade.resources import Resources
from service.facade.store import incidents, maintenance


def quietness_of(db: Any, watched: WatchedScheduler, since: datetime) -> Quietness:
    """The rules for what happened after `since`, without replays."""
    windows = maintenance.ending_after(db, watched.team, watched.inference_scheduler_name, since)
    return Quietness(since=since, lead=watched.lead, maintenance=windows)


def quietness_over(db: Any, watched: WatchedScheduler, since: datetime, results: Collection[Result]) -> Quietness:
    """The rules for these results."""
    start, end = min(one.data_start_time for one in results), max(one.time for one in results)
    rules = quietness_of(db, watched, min(since, start))
    ranges = incidents.replayed_ranges(db, watched.team, watched.inference_scheduler_name, start, end)
    return replace(rules, since=since, replays=ranges)


def history_until(resources: Resources, watched: WatchedScheduler, now: datetime) -> datetime:
    """What is not later than this is history: it was there before the scheduler was watched, or came so late that an
    engine would not have caught up on it."""
    return max(watched.watched_since, now - timedelta(hours=resources.settings.catch_up_hours))
