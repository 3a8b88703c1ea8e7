"""The grid: boundaries, windows and wake-ups of one inference scheduler.

The hour is cut into segments that start at minute 0 in UTC (AWS user guide, understanding the inference
process). A window is the segment that ends on a boundary, open at its start and closed at its end; the
scheduler wakes for it at the boundary plus the data delay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PUNCTUAL = timedelta(minutes=1)  # a window that wakes with no greater delay has not been missed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Window:
    """The half-open data window (data_start_time, data_end_time] of one execution, in UTC."""

    data_start_time: datetime
    data_end_time: datetime

    @property
    def frequency(self) -> timedelta:
        return self.data_end_time - self.data_start_time

    def __contains__(self, moment: datetime) -> bool:
        return self.data_start_time < moment <= self.data_end_time

    def __str__(self) -> str:
        return f"({utc_text(self.data_start_time)}, {utc_text(self.data_end_time)}]"


@dataclass(frozen=True)
class CatchUp:
    """What is done about windows that fell due while the engine was down.

    policy: SKIP runs none of them late, LATEST the newest alone, ALL those whose wake-up is no older than `bound`, and
    the newest however old it is.
    """

    policy: str
    bound: timedelta


@dataclass(frozen=True)
class Schedule:
    """What decides when a scheduler wakes: segment length, data delay, and since when it is active."""

    frequency: timedelta
    data_delay: timedelta
    activated_at: datetime

    def wakes_at(self, window: Window) -> datetime:
        """ScheduledStartTime of a window."""
        return window.data_end_time + self.data_delay


def utc_text(moment: datetime) -> str:
    """`2026-03-01T13:00:00Z`, the way the service prints instants in keys and reasons."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def boundary_at_or_before(moment: datetime, frequency: timedelta) -> datetime:
    """The last grid time that is not later than `moment`."""
    return moment - (moment - _EPOCH) % frequency


def boundary_after(moment: datetime, frequency: timedelta) -> datetime:
    """The first grid time strictly later than `moment`."""
    return boundary_at_or_before(moment, frequency) + frequency


def boundary_at_or_after(moment: datetime, frequency: timedelta) -> datetime:
    """The first grid time that is not earlier than `moment`."""
    return moment + (_EPOCH - moment) % frequency


def window_ending_at(boundary: datetime, frequency: timedelta) -> Window:
    """The window that ends at a boundary of the grid."""
    return Window(boundary - frequency, boundary)


def first_window(schedule: Schedule) -> Window:
    """The first window of an active scheduler: its boundary is strictly later than the activation.

    A wake-up that was delayed past the activation but belongs to an earlier boundary is not run.
    """
    return window_ending_at(boundary_after(schedule.activated_at, schedule.frequency), schedule.frequency)


def due_windows(schedule: Schedule, now: datetime, done_until: datetime | None, catch_up: CatchUp) -> list[Window]:
    """Windows whose wake-up has come and that are not recorded yet, oldest first.

    Args:
        schedule: the scheduler's grid.
        now: the instant of the tick; a wake-up exactly now is due.
        done_until: DataEndTime of the newest window already recorded since the activation, if any.
        catch_up: which of the windows that were missed are run late.
    """
    newest = boundary_at_or_before(now - schedule.data_delay, schedule.frequency)
    oldest = max(first_window(schedule).data_end_time, oldest_kept(schedule, now, catch_up))
    if done_until is not None:
        oldest = max(oldest, boundary_after(done_until, schedule.frequency))
    windows = [window_ending_at(end, schedule.frequency) for end in _grid(oldest, newest, schedule.frequency)]
    if catch_up.policy == "SKIP":
        return [window for window in windows if now - schedule.wakes_at(window) <= PUNCTUAL]
    return windows


def oldest_kept(schedule: Schedule, now: datetime, catch_up: CatchUp) -> datetime:
    """DataEndTime of the oldest window that is worth running at `now`, be it done or not."""
    newest = boundary_at_or_before(now - schedule.data_delay, schedule.frequency)
    if catch_up.policy != "ALL":
        return newest
    return min(newest, boundary_at_or_after(now - catch_up.bound - schedule.data_delay, schedule.frequency))


def next_wake(schedule: Schedule, now: datetime) -> datetime:
    """The first wake-up that lies strictly later than `now`."""
    coming = boundary_after(now - schedule.data_delay, schedule.frequency)
    return max(coming, first_window(schedule).data_end_time) + schedule.data_delay


def windows_between(start: datetime, end: datetime, frequency: timedelta) -> list[Window]:
    """The grid windows that lie wholly inside [start, end], oldest first; what a replay of that range covers."""
    first = boundary_at_or_after(start, frequency) + frequency
    return [window_ending_at(boundary, frequency) for boundary in _grid(first, end, frequency)]


def _grid(first: datetime, last: datetime, frequency: timedelta) -> Iterator[datetime]:
    boundary = first
    while boundary <= last:
        yield boundary
        boundary += frequency
