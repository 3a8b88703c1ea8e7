"""What is known of a scheduler that is watched, and when there is something to tell of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from service.facade.domain.executions import InferenceExecution
from service.facade.domain.windows import window_start

DELETED = "DELETED"
SETTLED = ("RUNNING", "STOPPED")  # the others are on the way, and whether they are seen is a matter of luck
_RUN_TIME = timedelta(minutes=2)  # until the result of an execution is seen, however busy everything is


@dataclass(frozen=True, kw_only=True)
class WatchedScheduler:
    """A followed scheduler, as it was last seen.

    `status` is RUNNING, STOPPED or DELETED, None before it was first seen settled. `failing_through` is the start of
    the newest window that failed, `failing_quiet` why the failures since the last success were not told aloud;
    `stale_at` is when it was found stale, None since it recovered. Of predictions all up to `seen_record_number` are
    told of.
    """

    scheduler_id: int
    inference_scheduler_arn: str
    inference_scheduler_name: str
    team: str
    watched_since: datetime
    status: str | None = None
    status_since: datetime | None = None
    data_upload_frequency: timedelta | None = None
    data_delay: timedelta | None = None
    last_success_end_time: datetime | None = None
    failing_through: datetime | None = None
    failing_quiet: str | None = None
    stale_at: datetime | None = None
    stale_quiet: str | None = None
    seen_record_number: int = 0

    @property
    def lead(self) -> timedelta:
        """How long after its start a window is due."""
        return (self.data_upload_frequency or timedelta(0)) + (self.data_delay or timedelta(0))


@dataclass(frozen=True)
class Streak:
    """Executions one after the other that failed for the same reason; `whole` when its first one is among them."""

    failures: list[InferenceExecution]
    whole: bool


def streaks(executions: Iterable[InferenceExecution], whole: bool) -> list[Streak]:
    """The streaks among finished executions, the oldest first.

    Args:
        whole: nothing came before these executions; else the first streak may have begun earlier.
    """
    finished = sorted((one for one in executions if one.status in ("SUCCESS", "FAILED")), key=_start)
    runs = [(code, list(run)) for code, run in groupby(finished, key=_failure_code)]
    return [Streak(run, whole or number > 0) for number, (code, run) in enumerate(runs) if code is not None]


def newest_success(executions: Iterable[InferenceExecution]) -> datetime | None:
    """The end of the newest window with a result."""
    return max((one.data_end_time for one in executions if one.status == "SUCCESS"), default=None)


def is_stale(watched: WatchedScheduler, windows: int, excused_until: datetime | None, now: datetime) -> bool:
    """Whether a running scheduler should have had a result of one of its last `windows` windows by now, and has none.

    Counted from the last success, from when it was started, or from the end of its last maintenance, whatever is last.
    """
    frequency, running_since = watched.data_upload_frequency, watched.status_since
    if watched.status != "RUNNING" or not frequency or not running_since:
        return False
    started = [window_start(moment, frequency) for moment in (running_since, excused_until) if moment]
    last = max([*started, watched.last_success_end_time or running_since - frequency])
    return now > last + windows * frequency + (watched.data_delay or timedelta(0)) + _RUN_TIME


def _start(execution: InferenceExecution) -> datetime:
    return execution.data_start_time


def _failure_code(execution: InferenceExecution) -> str | None:
    return execution.failure_code
