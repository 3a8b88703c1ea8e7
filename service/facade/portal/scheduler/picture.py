"""The score over time as a picture that stands in the page before any script runs; scripts draw over it in its place.

Figures are percentages of the plot, so that the picture fits every width; colours are the style sheet's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.buckets import ORIGIN
from service.facade.domain.events import Event

Point = tuple[datetime, float]
Place = Callable[[datetime], float]
_MOST_TICKS = 7
_THINNEST = 0.15  # of a band, so that an event of one row can be seen
_STEPS = tuple(timedelta(minutes=count) for count in (5, 10, 15, 30, 60, 120, 180, 240, 360, 720)) + tuple(
    timedelta(days=count) for count in (1, 2, 4, 7, 14, 28, 56, 112, 365)
)


@dataclass(frozen=True)
class Band:
    """An event from `x` on, `width` wide; `selected` where the page shows it."""

    x: float
    width: float
    selected: bool


@dataclass(frozen=True)
class ScorePicture:
    """`line` is the path of the score in a box of 100 by 100; ticks are (x, text) and (y, text)."""

    start: datetime
    end: datetime
    line: str
    bands: tuple[Band, ...]
    times: tuple[tuple[float, str], ...]
    scores: tuple[tuple[float, str], ...] = ((100.0, "0"), (50.0, "0.5"), (0.0, "1"))


@dataclass(frozen=True)
class Strip:
    """What one sensor read, between its lowest and its highest value."""

    name: str
    line: str
    lowest: float
    highest: float


def draw_strip(name: str, points: Sequence[Point], start: datetime, end: datetime, gap: timedelta) -> Strip:
    """The picture of a sensor's readings between two moments; there is at least one."""
    lowest, highest = min(value for _, value in points), max(value for _, value in points)
    extent = highest - lowest or 1.0
    shares = [(moment, (value - lowest) / extent) for moment, value in points]
    line = " ".join(_moves(shares, lambda moment: round(100 * ((moment - start) / (end - start)), 2), gap))
    return Strip(name, line, lowest, highest)


def draw_scores(
    points: Sequence[Point], events: Iterable[Event], start: datetime, end: datetime, gap: timedelta, selected: str = ""
) -> ScorePicture:
    """The picture of the points between two moments.

    Args:
        gap: points further apart than this are not joined.
        selected: id of the event that stands out.
    """
    span = end - start

    def x(moment: datetime) -> float:
        return round(100 * ((moment - start) / span), 2)

    line = " ".join(_moves(points, x, gap))
    return ScorePicture(start, end, line, tuple(_bands(events, x, selected)), tuple(_times(start, end, x)))


def _moves(points: Sequence[Point], x: Place, gap: timedelta) -> Iterator[str]:
    before: datetime | None = None
    for moment, score in points:
        move = "L" if before is not None and moment - before <= gap else "M"
        yield f"{move}{x(moment):g} {round(100 * (1 - score), 1):g}"
        before = moment


def _bands(events: Iterable[Event], x: Place, selected: str) -> Iterator[Band]:
    for event in events:
        begin, end = max(0.0, x(event.start_time)), min(100.0, x(event.end_time))
        yield Band(begin, max(_THINNEST, round(end - begin, 2)), event.id == selected)


def _times(start: datetime, end: datetime, x: Place) -> Iterator[tuple[float, str]]:
    """Where the axis has a text: at round times, with the date where a day begins."""
    step = next((one for one in _STEPS if (end - start) / one <= _MOST_TICKS), _STEPS[-1])
    moment = ORIGIN + -((ORIGIN - start) // step) * step
    while moment <= end:
        begins_day = not (moment.hour or moment.minute)
        yield x(moment), moment.strftime("%d %b" if begins_day else "%H:%M")
        moment += step
