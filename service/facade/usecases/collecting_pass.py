"""One pass over the results of a scheduler: what the upstream lists is compared with what is collected.

A pass looks back for a while from what was collected last. A replay may change any window: its range is passed over
while it runs, and once more when it has ended. Once a day a pass goes over everything, for what came another way.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.facade.domain.collecting import FollowedReplay, FollowedScheduler
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.replays import ENDED
from service.facade.problems import ReplayNotFound, StorageRefused, UpstreamTimeout
from service.facade.resources import Resources
from service.facade.store import collecting, followed_replays
from service.facade.usecases.execution_ranges import MARGIN, PAGE, pages_of
from service.facade.usecases.result_objects import collect_results
from service.facade.usecases.run_outcomes import note_outcomes

_SWEEP_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Patience:
    """Until when a pass may go on; None means for as long as it takes."""

    until: float | None = None

    def check(self) -> None:
        """
        Raises:
            UpstreamTimeout: the time is up. What was collected so far stays.
        """
        if self.until is not None and time.monotonic() > self.until:
            raise UpstreamTimeout("There are more results than could be collected in time; ask again.")


@dataclass
class Seen:
    """What a pass has come across: the latest data start time, and result objects that may not be read."""

    newest: datetime | None = None
    refusals: list[StorageRefused] = field(default_factory=list)


def collect(
    resources: Resources,
    followed: FollowedScheduler,
    patience: Patience,
    back: timedelta,
    asked_at: datetime | None = None,
) -> None:
    """Collect what is new or changed, `back` from what was collected last, and the ranges of replays.

    Does nothing when another process has begun a pass since `asked_at`.

    Raises:
        UpstreamTimeout: there was more than `patience` allows.
        StorageRefused: some results may not be read; all others are collected.
    """
    with alone(resources, followed, patience):
        with resources.database.begin() as db:
            followed = collecting.refreshed(db, followed)
        if asked_at and followed.collected_at and followed.collected_at > asked_at:
            return
        now = resources.clock()
        swept = followed.swept_at is None or now - followed.swept_at > _SWEEP_EVERY
        after = None if swept or followed.collected_through is None else followed.collected_through - back
        seen = Seen()
        _collect(resources, followed, _finished(resources, followed, after), patience, seen)
        for replay in _replays(resources, followed):
            _collect_replay(resources, followed, replay, patience, seen)
        with resources.database.begin() as db:
            collecting.record_pass(db, followed.id, seen.newest, now, swept)
    if seen.refusals:
        raise seen.refusals[0]


@contextmanager
def alone(resources: Resources, followed: FollowedScheduler, patience: Patience) -> Iterator[None]:
    """Wait for another process that collects the same scheduler: what it collects is there when it has finished."""
    while True:
        with resources.database.claim("collecting", str(followed.id)) as mine:
            if mine:
                yield
                return
        patience.check()
        time.sleep(0.05)


def _finished(
    resources: Resources, followed: FollowedScheduler, after: datetime | None
) -> Iterator[list[InferenceExecution]]:
    """Pages of executions with a result, the newest first. Of those that failed others are told; what the first page
    has no room for is history."""
    pages = pages_of(resources, followed.inference_scheduler_name, ExecutionFilter(data_start_time_after=after))
    for number, executions in enumerate(pages):
        if number == 0:
            note_outcomes(resources, followed, executions, whole=after is None and len(executions) < PAGE)
        yield [execution for execution in executions if execution.status == "SUCCESS"]


def _collect(
    resources: Resources,
    followed: FollowedScheduler,
    pages: Iterable[list[InferenceExecution]],
    patience: Patience,
    seen: Seen,
) -> None:
    for executions in pages:
        seen.refusals += collect_results(resources, followed.id, executions, patience.check)
        starts = [execution.data_start_time for execution in executions]
        seen.newest = max(starts if seen.newest is None else [*starts, seen.newest], default=None)


def _replays(resources: Resources, followed: FollowedScheduler) -> list[FollowedReplay]:
    with resources.database.begin() as db:
        return followed_replays.of_scheduler(db, followed.inference_scheduler_name)


def _collect_replay(
    resources: Resources, followed: FollowedScheduler, replay: FollowedReplay, patience: Patience, seen: Seen
) -> None:
    """Asked before the pass, so that a replay that ends during it is passed over once more."""
    try:
        ended = resources.replays.describe(replay.replay_id).status in ENDED
    except ReplayNotFound:
        ended = True
    around = {"data_start_time_after": replay.start_time - MARGIN, "data_end_time_before": replay.end_time + MARGIN}
    pages = pages_of(resources, followed.inference_scheduler_name, ExecutionFilter(status="SUCCESS", **around))
    _collect(resources, followed, pages, patience, seen)
    if ended:
        with resources.database.begin() as db:
            followed_replays.forget(db, replay.replay_id)
