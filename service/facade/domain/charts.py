"""What a chart shows, and how it is to look: everything that a picture is drawn from."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from service.facade.domain.events import Event

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
THRESHOLD = 0.5  # a score above it is an anomaly
SCORE_HEIGHT, SENSOR_HEIGHT = 320, 44  # in pixels, where no height is asked for
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class ChartRange:
    """From `start_time` to `end_time`; without the one a `span` before the other, without the other until now."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    span: timedelta = timedelta(days=1)

    def at(self, now: datetime, pixels: int) -> tuple[datetime, datetime]:
        """Start and end of the time axis. One that ends now moves on by whole pixels, so that a picture is the same
        until there is something else to see."""
        if self.end_time is not None:
            end = self.end_time
        else:
            length = self.span if self.start_time is None else max(now - self.start_time, timedelta(minutes=1))
            end = _round_up(now, max(length / pixels, timedelta(seconds=5)))
        return self.start_time or end - self.span, end


@dataclass(frozen=True, kw_only=True)
class ChartWanted:
    r"""The question that a chart answers: the score of a scheduler, and below it the shares of `sensors`
    (`component\sensor`) and of the `contributors` sensors with the largest shares in the events of the range."""

    range: ChartRange = ChartRange()
    sensors: tuple[str, ...] = ()
    contributors: int = 0


@dataclass(frozen=True, kw_only=True)
class Look:
    """Size in CSS pixels, `height` None: as high as fits what is shown. An empty title shows none, None the name of the
    scheduler."""

    width: int = 960
    height: int | None = None
    theme: Theme = "light"
    title: str | None = None

    def height_of(self, sensors: int) -> int:
        return self.height or SCORE_HEIGHT + SENSOR_HEIGHT * sensors


@dataclass(frozen=True, kw_only=True)
class SensorShares:
    """The share that one sensor has of each point's score, None where there is none; `in_events` is the mean over the
    anomalous points of all events shown, None without an event."""

    sensor: str
    shares: tuple[float | None, ...]
    in_events: float | None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Points in the order of time; a `pause` longer than this between two of them is a gap. `events` come the oldest
    first; there may be more of them than are told when `events_left_out`."""

    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime
    times: tuple[datetime, ...] = ()
    scores: tuple[float | None, ...] = ()
    pause: timedelta | None = None
    events: tuple[Event, ...] = ()
    events_left_out: bool = False
    sensors: tuple[SensorShares, ...] = ()
    warning: str | None = None


def _round_up(moment: datetime, step: timedelta) -> datetime:
    return _EPOCH - (_EPOCH - moment) // step * step
