"""Schedulers that run and have had no successful execution for a while: told of once, until they recover."""

from dataclasses import replace
from datetime import datetime, timedelta

from service.facade.domain.notices import stale
from service.facade.domain.watching import WatchedScheduler, is_stale
from service.facade.resources import Resources, UnitOfWork
from service.facade.store import maintenance, watched_schedulers
from service.facade.store.collecting import find_followed
from service.facade.usecases.notifying import notify

_EXCUSES = timedelta(days=31)  # maintenance that ended before has no say any more


def tell_stale(resources: Resources) -> None:
    """Tell of the schedulers that have become stale by the clock; call it after looking for new executions. Rows are
    enough to know it: an upstream that is away gives no results either, and that is what others want to hear."""
    with resources.database.begin() as db:
        running = [one for one in watched_schedulers.present(db).values() if one.status == "RUNNING"]
    now, windows = resources.clock(), resources.settings.stale_windows
    for watched in running:
        if not _is_told(watched) and is_stale(watched, windows, None, now):
            with resources.begin() as unit:
                _tell(unit, watched_schedulers.hold(unit.db, watched.scheduler_id, now), windows, now)


def was_found_stale(resources: Resources, team: str, name: str) -> bool:
    """Whether a scheduler was found stale and has not recovered."""
    with resources.database.begin() as db:
        followed = find_followed(db, team, name)
        return followed is not None and watched_schedulers.is_stale(db, followed.id)


def _is_told(watched: WatchedScheduler) -> bool:
    return watched.stale_at is not None and watched.stale_quiet is None


def _tell(unit: UnitOfWork, watched: WatchedScheduler, windows: int, now: datetime) -> None:
    """During maintenance it is muted; who is still stale so many windows after it is told of aloud."""
    team, name = watched.team, watched.inference_scheduler_name
    known = maintenance.ending_after(unit.db, team, name, now - _EXCUSES)
    muted_by = "maintenance" if any(window.covers(now) for window in known) else None
    over = max((window.end_time for window in known if window.end_time <= now), default=None)
    if _is_told(watched) or (watched.stale_at and muted_by) or not is_stale(watched, windows, over, now):
        return
    watched_schedulers.save(unit.db, replace(watched, stale_at=now, stale_quiet=muted_by))
    incident = f"stale:{watched.scheduler_id}:{now.isoformat()}"
    of = {"team": team, "name": name, "incident": incident, "muted_by": muted_by}
    notify(unit, [stale(watched.last_success_end_time, windows, now, **of)], now)
