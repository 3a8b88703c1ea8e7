"""Anomalous points that follow each other, merged into events, and what people say of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Status = Literal["open", "closed"]
Kind = Literal["acknowledgement", "feedback"]
SHORTEST_DEFAULT_GAP = timedelta(minutes=15)
VERDICTS = ("true", "false", "unsure")
_ID = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """An acknowledgement of an event, or feedback on it.

    It is kept with the interval that the event had then and belongs to every event that overlaps it: so it stays with
    one that grows, that other parameters cut otherwise, or that begins a little earlier or later when scored again. Of
    several the newest counts.
    """

    kind: Kind
    start_time: datetime
    end_time: datetime
    by: str
    at: datetime
    note: str | None = None
    verdict: str | None = None
    fault_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Event:
    """A run of anomalous points no further than a gap from each other, whatever executions they come from.

    It is open while its last point is younger than that gap before the newest row that was scored: the next anomalous
    row may still belong to it. `contributions` are (sensor, mean share), the largest first. Scores are None where the
    model gives none.
    """

    start_time: datetime
    end_time: datetime
    status: Status
    points: int
    peak_score: float | None
    peak_time: datetime | None
    mean_score: float | None
    contributions: tuple[tuple[str, float], ...] = ()
    acknowledgement: Remark | None = None
    feedback: Remark | None = None

    @property
    def id(self) -> str:
        return event_id(self.start_time)

    @property
    def duration(self) -> timedelta:
        """From the first point to the last; zero for a single one."""
        return self.end_time - self.start_time


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Events that touch (start_time, end_time], whole. `max_gap` None: a default that fits the scheduler's rows."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    max_gap: timedelta | None = None
    min_duration: timedelta = timedelta(0)
    min_points: int = 1
    min_score: float | None = None
    status: Status | None = None
    acknowledged: bool | None = None

    @property
    def leaves_events_out(self) -> bool:
        """Whether some that lie in the range are not wanted."""
        may_be_false = (self.min_score, self.status, self.acknowledged)  # None is the one that leaves nothing out
        return bool(self.min_duration) or self.min_points > 1 or any(one is not None for one in may_be_false)


def largest(shares: Mapping[str, float], most: int) -> tuple[tuple[str, float], ...]:
    """The `most` largest contributions, as an event has them."""
    return tuple(sorted(shares.items(), key=lambda share: share[1], reverse=True)[:most])


def event_id(start: datetime) -> str:
    """`20260301T120500Z`: the start, with a fraction where it has one."""
    start = start.astimezone(UTC)
    fraction = f".{start.microsecond:06}" if start.microsecond else ""
    return f"{start:{_ID}}{fraction}Z"


def parse_event_id(text: str) -> datetime:
    """The start that an id names.

    Raises:
        ValueError: it is no id of an event.
    """
    form = f"{_ID}.%fZ" if "." in text else f"{_ID}Z"
    start = datetime.strptime(text, form).replace(tzinfo=UTC)
    if event_id(start) != text or not 1900 <= start.year < 9000:
        raise ValueError(f"{text!r} is no id of an event")
    return start


def default_gap(usual_pause: timedelta | None) -> timedelta:
    """A quarter of an hour, or three times the usual pause between rows where that is longer: hourly rows would
    otherwise be an event each."""
    return max(SHORTEST_DEFAULT_GAP, 3 * (usual_pause or timedelta(0)))
