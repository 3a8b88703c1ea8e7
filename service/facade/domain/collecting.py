"""Which schedulers are followed, how far their results are collected, and when the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.runs import data_delay, last_due_window
from service.facade.domain.schedulers import SchedulerSummary

_WATCHED = timedelta(minutes=2)  # after a wake-up; what comes later is found by the pass over everything
_FIRST_PAUSE = timedelta(seconds=4)


@dataclass(frozen=True, kw_only=True)
class FollowedScheduler:
    """One incarnation of a scheduler: a name that is deleted and created again has another ARN and another history.

    Every result up to `collected_through` (a data start time) was collected at `collected_at`; `swept_at` is when all
    executions of the upstream were last compared with what is collected. None means "not yet".
    """

    id: int
    inference_scheduler_arn: str
    inference_scheduler_name: str
    team: str
    collected_through: datetime | None = None
    collected_at: datetime | None = None
    swept_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FollowedReplay:
    """A replay whose results are to be collected: while it goes on, and once more when it has ended."""

    replay_id: str
    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime


@dataclass(frozen=True, kw_only=True)
class CollectedResult:
    """A result object that was read, as it was then; `fault` says why there was nothing to be had from it. `source` is
    the address it was imported from, None for the result of an execution."""

    data_start_time: datetime
    etag: str
    fault: str | None = None
    source: str | None = None


def is_due(scheduler: SchedulerSummary, followed: FollowedScheduler, now: datetime) -> bool:
    """Whether a running scheduler should have a result now that is not collected.

    It wakes at the end of each window plus its delay, and its result is there seconds later. A window that fails never
    has one, so the looks become rarer and end.
    """
    if scheduler.status not in ("RUNNING", "STOPPING") or followed.swept_at is None:
        return False
    due = last_due_window(scheduler, now)
    since_wake_up = now - data_delay(scheduler) - due.data_end_time
    if since_wake_up > _WATCHED or (followed.collected_through and followed.collected_through >= due.data_start_time):
        return False
    return is_rested(followed, now, max(_FIRST_PAUSE, since_wake_up / 2))


def is_rested(followed: FollowedScheduler, now: datetime, pause: timedelta) -> bool:
    """Whether the last pass was begun at least this long ago, or by a clock that was set back since."""
    return followed.collected_at is None or not timedelta() <= now - followed.collected_at < pause
