"""Collecting predictions: every result object of every scheduler is read once, and again when it has changed.

The worker looks at a scheduler right after its result is due, and once a minute at all of them. That pass looks back a
day, because windows missed by an engine that was down are scored late; the others glance at the last hours.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from service.facade.domain.collecting import FollowedScheduler, is_due, is_rested
from service.facade.domain.schedulers import SchedulerFilter, SchedulerSummary
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.store import collecting, followed_replays
from service.facade.usecases.collecting_pass import Patience, collect
from service.facade.usecases.execution_ranges import PAGE
from service.facade.usecases.staleness import tell_stale
from service.facade.usecases.statuses import note_statuses
from service.threads import Threads

_LOOK_BACK = timedelta(hours=26)  # an engine catches up with the windows of a day
_GLANCE_BACK = timedelta(hours=2)
_SHORTEST_WINDOW = timedelta(minutes=5)
_AT_ONCE = 4  # schedulers
_DUE_SECONDS = 20.0
_REPLAY_PAUSE = timedelta(seconds=15)
log = structlog.get_logger(__name__)


def collect_due(resources: Resources) -> None:
    """Look at the schedulers that should have a new result now, and at those that are replaying. Who they are takes one
    list and one query, however many there are. What goes wrong with one, or takes long, keeps no other waiting."""
    with resources.database.claim("collecting", "due") as mine, Threads(_AT_ONCE) as pool:
        due = _due(resources) if mine else []
        list(pool.map(lambda followed: _collect_glancing(resources, followed), due))


def collect_everything(resources: Resources) -> None:
    """One pass over every scheduler of the upstream: it finds new schedulers, late results and changed ones. What goes
    wrong with one keeps no other waiting. A pass that takes longer than its timetable keeps one thread of the worker
    busy, not all of them: the next one leaves it alone."""
    with resources.database.claim("collecting", "everything") as mine, Threads(_AT_ONCE) as pool:
        if mine:
            try:
                list(pool.map(lambda summary: _collect_wholly(resources, summary), every_scheduler(resources)))
            finally:
                tell_stale(resources)


def _due(resources: Resources) -> list[FollowedScheduler]:
    now = resources.clock()
    summaries = {summary.inference_scheduler_arn: summary for summary in every_scheduler(resources)}
    note_statuses(resources, summaries)
    with resources.database.begin() as db:
        replaying = followed_replays.scheduler_names(db)
        followed = collecting.followed_among(db, summaries)
    return [
        one
        for arn, one in followed.items()
        if is_due(summaries[arn], one, now)
        or (one.inference_scheduler_name in replaying and is_rested(one, now, _REPLAY_PAUSE))
    ]


def _collect_glancing(resources: Resources, followed: FollowedScheduler) -> None:
    patience = Patience(time.monotonic() + _DUE_SECONDS)
    with _reported(followed.inference_scheduler_name):
        collect(resources, followed, patience, _GLANCE_BACK, asked_at=resources.clock())


def _collect_wholly(resources: Resources, summary: SchedulerSummary) -> None:
    name, arn = summary.inference_scheduler_name, summary.inference_scheduler_arn
    with _reported(name):
        team = resources.teams.team_of(arn)
        with resources.database.begin() as db:
            followed = collecting.follow(db, arn, name, team)
        collect(resources, followed, Patience(), _LOOK_BACK)


@contextmanager
def _reported(name: str) -> Iterator[None]:
    """What goes wrong is written into the log and ends here."""
    try:
        yield
    except Problem as problem:
        log.warning("collecting_failed", scheduler=name, problem=problem.slug, detail=problem.detail)


def collect_now(resources: Resources, name: str, seconds: float = 2.0) -> FollowedScheduler:
    """Collect what is new of one scheduler before somebody reads it, within a bound. A pass that another reader began
    after this one had asked serves both.

    Raises:
        SchedulerNotFound, UpstreamUnavailable, UpstreamTimeout, StorageUnavailable, …: not everything was collected.
    """
    asked_at, patience = resources.clock(), Patience(time.monotonic() + seconds)
    scheduler = resources.schedulers.describe(name)
    team = resources.teams.team_of(scheduler.inference_scheduler_arn)
    with resources.database.begin() as db:
        followed = collecting.follow(db, scheduler.inference_scheduler_arn, name, team)
    collect(resources, followed, patience, _GLANCE_BACK, asked_at)
    return followed


def find_settled(resources: Resources, team: str, name: str, until: datetime | None) -> FollowedScheduler | None:
    """The scheduler, if a reader of its results up to `until` (None: of all) needs to ask nobody, else None.

    That is so for history, and until the window after the last collected one has ended. What an engine catches up on
    behind that, the worker's passes find within a minute.
    """
    with resources.database.begin() as db:
        followed = collecting.find_followed(db, team, name)
        if followed is None or followed_replays.of_scheduler(db, name):
            return None
    return followed if _settled(followed, until, resources.clock()) else None


def _settled(followed: FollowedScheduler, until: datetime | None, now: datetime) -> bool:
    through = followed.collected_through
    if through is None or followed.collected_at is None:
        return False
    is_history = until is not None and until <= through - _GLANCE_BACK
    return is_history or now < through + 2 * _SHORTEST_WINDOW


def collect_last(resources: Resources, name: str) -> None:
    """Collect what there is of a scheduler that is about to be deleted, as well as can be done now."""
    with _reported(name):
        collect_now(resources, name, seconds=5.0)
        with resources.database.begin() as db:
            collecting.unsettle(db, name)


def every_scheduler(resources: Resources) -> Iterator[SchedulerSummary]:
    """All schedulers of the upstream, page by page."""
    token = None
    while True:
        page = resources.schedulers.page(SchedulerFilter(), PAGE, token)
        yield from page.items
        if (token := page.next_position) is None:
            return
