"""Collecting predictions: every result object of every scheduler is read once, and again when it has changed.

A pass compares the executions that the upstream lists with what is collected. The worker's passes look back a day,
because windows missed by an engine that was down are scored late; a reader's pass glances at the last hours. A replay
may change any window: its range is passed over while it runs, and once more when it has ended. Once a day a pass goes
over everything, for what came another way.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from service.facade.domain.collecting import FollowedReplay, FollowedScheduler
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.replays import ENDED, Replay
from service.facade.domain.schedulers import SchedulerFilter, SchedulerSummary
from service.facade.problems import DatabaseUnavailable, Problem, ReplayNotFound, StorageRefused, UpstreamTimeout
from service.facade.resources import Resources
from service.facade.store import collecting
from service.facade.usecases.result_objects import collect_results

LOOK_BACK = timedelta(hours=26)  # an engine catches up with the windows of a day
_GLANCE_BACK = timedelta(hours=2)
_SWEEP_EVERY = timedelta(days=1)
_PAGE = 500
_RANGE_MARGIN = timedelta(seconds=1)  # upstream's bounds are strict
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """Until when a pass may go on; None means for as long as it takes."""

    until: float | None = None

    def check(self) -> None:
        """Raises:
        UpstreamTimeout: the time is up. What was collected so far stays."""
        if self.until is not None and time.monotonic() > self.until:
            raise UpstreamTimeout("There are more results than could be collected in time; ask again.")


@dataclass
class Seen:
    """What a pass has come across: the latest data start time, and result objects that may not be read."""

    newest: datetime | None = None
    refusals: list[StorageRefused] = field(default_factory=list)


def collect_everything(resources: Resources) -> None:
    """One pass over every scheduler of the upstream. What goes wrong with one does not keep the others waiting."""
    for summary in _every_scheduler(resources):
        name = summary.inference_scheduler_name
        with resources.database.begin() as db:
            followed = collecting.follow(db, summary.inference_scheduler_arn, name)
        try:
            _collect(resources, followed, Patience(), LOOK_BACK)
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
    with resources.database.begin() as db:
        followed = collecting.follow(db, scheduler.inference_scheduler_arn, name)
    _collect(resources, followed, patience, _GLANCE_BACK, asked_at)
    return followed


def collect_last(resources: Resources, name: str) -> None:
    """Collect what there is of a scheduler that is about to be deleted, as well as can be done now."""
    try:
        collect_now(resources, name, seconds=5.0)
    except Problem as problem:
        log.warning("collecting_failed", scheduler=name, problem=problem.slug, detail=problem.detail)


def follow_replay(resources: Resources, replay: Replay) -> None:
    """Have the range of a replay collected until it has ended. Never raises: the replay goes on in any case, and the
    daily pass finds its results too."""
    if replay.start_time is None or replay.end_time is None:
        return
    followed = FollowedReplay(
        replay_id=replay.id,
        inference_scheduler_name=replay.inference_scheduler_name,
        start_time=replay.start_time,
        end_time=replay.end_time,
    )
    try:
        with resources.database.begin() as db:
            collecting.follow_replay(db, followed)
    except DatabaseUnavailable as problem:
        log.warning("replay_not_followed", replay=replay.id, detail=problem.detail)


def _every_scheduler(resources: Resources) -> Iterator[SchedulerSummary]:
    token = None
    while True:
        page = resources.schedulers.page(SchedulerFilter(), _PAGE, token)
        yield from page.items
        if (token := page.next_position) is None:
            return


def _collect(
    resources: Resources,
    followed: FollowedScheduler,
    patience: Patience,
    back: timedelta,
    asked_at: datetime | None = None,
) -> None:
    """A recent pass (or one over everything, once a day), then the ranges of replays; nothing when another process has
    begun one since `asked_at`."""
    with _alone(resources, followed, patience):
        with resources.database.begin() as db:
            followed = collecting.follow(db, followed.inference_scheduler_arn, followed.inference_scheduler_name)
        if asked_at and followed.collected_at and followed.collected_at > asked_at:
            return
        now = resources.clock()
        swept = followed.swept_at is None or now - followed.swept_at > _SWEEP_EVERY
        after = None if swept or followed.collected_through is None else followed.collected_through - back
        seen = Seen()
        _pass(resources, followed, patience, seen, after)
        for replay in _replays(resources, followed):
            _collect_replay(resources, followed, replay, patience, seen)
        with resources.database.begin() as db:
            collecting.record_pass(db, followed.id, seen.newest, now, swept)
    if seen.refusals:
        raise seen.refusals[0]


@contextmanager
def _alone(resources: Resources, followed: FollowedScheduler, patience: Patience) -> Iterator[None]:
    """Wait for another process that collects the same scheduler: what it collects is there when it has finished."""
    while True:
        with resources.database.claim("collecting", str(followed.id)) as mine:
            if mine:
                yield
                return
        patience.check()
        time.sleep(0.05)


def _pass(
    resources: Resources,
    followed: FollowedScheduler,
    patience: Patience,
    seen: Seen,
    after: datetime | None,
    before: datetime | None = None,
) -> None:
    """Collect the finished executions of a range, page by page."""
    wanted = ExecutionFilter(status="SUCCESS", data_start_time_after=after, data_end_time_before=before)
    for executions in _pages(resources, followed.inference_scheduler_name, wanted):
        seen.refusals += collect_results(resources, followed.id, executions, patience.check)
        starts = [execution.data_start_time for execution in executions]
        seen.newest = max(starts if seen.newest is None else [*starts, seen.newest], default=None)


def _pages(resources: Resources, name: str, wanted: ExecutionFilter) -> Iterator[list[InferenceExecution]]:
    token = None
    while True:
        page = resources.schedulers.executions(name, wanted, _PAGE, token)
        yield page.items
        if (token := page.next_position) is None:
            return


def _replays(resources: Resources, followed: FollowedScheduler) -> list[FollowedReplay]:
    with resources.database.begin() as db:
        return collecting.replays_of(db, followed.inference_scheduler_name)


def _collect_replay(
    resources: Resources, followed: FollowedScheduler, replay: FollowedReplay, patience: Patience, seen: Seen
) -> None:
    """Asked before the pass, so that a replay that ends during it is passed over once more."""
    try:
        ended = resources.replays.describe(replay.replay_id).status in ENDED
    except ReplayNotFound:
        ended = True
    _pass(resources, followed, patience, seen, replay.start_time - _RANGE_MARGIN, replay.end_time + _RANGE_MARGIN)
    if ended:
        with resources.database.begin() as db:
            collecting.forget_replay(db, replay.replay_id)
