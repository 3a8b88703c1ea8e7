"""Collecting predictions: every result object of every scheduler is read once, and again when it has changed.

The worker's passes look back a day, because windows missed by an engine that was down are scored late; a reader's pass
glances at the last hours.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from service.facade.domain.collecting import FollowedScheduler
from service.facade.domain.schedulers import SchedulerFilter, SchedulerSummary
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.store import collecting
from service.facade.usecases.collecting_pass import Patience, collect
from service.facade.usecases.execution_ranges import PAGE

_LOOK_BACK = timedelta(hours=26)  # an engine catches up with the windows of a day
_GLANCE_BACK = timedelta(hours=2)
_SHORTEST_WINDOW = timedelta(minutes=5)
log = structlog.get_logger(__name__)


def collect_everything(resources: Resources) -> None:
    """One pass over every scheduler of the upstream. What goes wrong with one does not keep the others waiting. A pass
    that takes longer than its timetable keeps one thread busy, not all of them: the next one leaves it alone."""
    with resources.database.claim("collecting", "everything") as mine:
        for summary in every_scheduler(resources) if mine else ():
            _collect_one(resources, summary)


def _collect_one(resources: Resources, summary: SchedulerSummary) -> None:
    name = summary.inference_scheduler_name
    try:
        team = resources.teams.team_of(summary.inference_scheduler_arn)
        with resources.database.begin() as db:
            followed = collecting.follow(db, summary.inference_scheduler_arn, name, team)
        collect(resources, followed, Patience(), _LOOK_BACK)
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
    behind that, the worker's passes find within seconds.
    """
    with resources.database.begin() as db:
        followed = collecting.find_followed(db, team, name)
        if followed is None or collecting.replays_of(db, name):
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
    try:
        collect_now(resources, name, seconds=5.0)
        with resources.database.begin() as db:
            collecting.unsettle(db, name)
    except Problem as problem:
        log.warning("collecting_failed", scheduler=name, problem=problem.slug, detail=problem.detail)


def every_scheduler(resources: Resources) -> Iterator[SchedulerSummary]:
    """All schedulers of the upstream, page by page."""
    token = None
    while True:
        page = resources.schedulers.page(SchedulerFilter(), PAGE, token)
        yield from page.items
        if (token := page.next_position) is None:
            return
