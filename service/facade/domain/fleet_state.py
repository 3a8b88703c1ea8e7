"""How far behind the schedulers and the queues are. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.windows import window_start


@dataclass(frozen=True, kw_only=True)
class SchedulerState:
    """A scheduler that the upstream has, as it was seen last. Results up to the window that begins at
    `collected_through` are collected; `last_success_end_time` is the end of the newest window with a result."""

    team: str
    inference_scheduler_name: str
    status: str | None
    status_since: datetime | None
    data_upload_frequency: timedelta | None
    data_delay: timedelta | None
    last_success_end_time: datetime | None
    collected_through: datetime | None

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING" and self.data_upload_frequency is not None

    def collection_lag(self, now: datetime) -> timedelta | None:
        """From the end of the last window that is collected to the end of the last one that is due; zero when there is
        nothing to collect, None when the scheduler does not run. What it missed while it was stopped is not due."""
        frequency, since = self.data_upload_frequency, self.status_since
        if not self.is_running or frequency is None or since is None:
            return None
        due = window_start(now - (self.data_delay or timedelta()), frequency)
        begun = window_start(since, frequency)
        done = begun if self.collected_through is None else max(begun, self.collected_through + frequency)
        return max(timedelta(), due - done)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Rows of one kind that a worker has to see to; `due_since` is when the first of them was due."""

    kind: str
    rows: int
    due_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class FleetState:
    """`schedulers` are those most behind, as many as may be shown; `by_status` counts all."""

    schedulers: tuple[SchedulerState, ...]
    by_status: dict[str, int]
    waiting: tuple[Waiting, ...]
    workers: int
    database_bytes: int

    @property
    def left_out(self) -> int:
        return sum(self.by_status.values()) - len(self.schedulers)

    def lags(self, now: datetime) -> Iterator[tuple[SchedulerState, timedelta]]:
        """Of those that run."""
        for scheduler in self.schedulers:
            lag = scheduler.collection_lag(now)
            if lag is not None:
                yield scheduler, lag
