"""What the sensors of an event read around it, as pictures for browsers that run no scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.facade.domain.events import Event
from service.facade.portal.scheduler.picture import Strip, draw_strip
from service.facade.portal.scheduler.view import View
from service.facade.problems import Problem
from service.facade.sensordata.series import SensorSeries
from service.facade.usecases.readings import Readings, ReadingsQuery, find_readings

_SENSORS, _POINTS = 4, 300
_AROUND = (timedelta(minutes=30), timedelta(hours=3))  # before and after: at least, at most
_LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class Strips:
    """`said` is why there are none."""

    shown: Sequence[Strip] = ()
    said: str = ""


def strips_of(view: View, event: Event) -> Strips:
    """Of the sensors that contributed most, these first."""
    names = tuple(name for name, _ in event.contributions[:_SENSORS])
    start, end = _around(event)
    query = ReadingsQuery(start_time=start, end_time=end, sensors=names, max_points=_POINTS)
    try:
        readings = find_readings(view.resources, view.team, view.name, query)
    except Problem as problem:
        return Strips(said=problem.detail)
    measured = sorted(readings.series, key=lambda series: names.index(series.name))
    shown = [_strip(series, readings) for series in measured if len(series.times)]
    return Strips(shown, "" if shown else "No values lie in the input files of this time.")


def _around(event: Event) -> tuple[datetime, datetime]:
    """The event and half as much before and after it, within bounds."""
    least, most = _AROUND
    margin = min(most, max(least, event.duration / 2))
    start = event.start_time - margin
    return start, min(event.end_time + margin, start + _LONGEST)


def _strip(series: SensorSeries, readings: Readings) -> Strip:
    times = [moment.replace(tzinfo=UTC) for moment in series.times.tolist()]
    gap = 5 * max(readings.bucket_width or timedelta(0), timedelta(minutes=5))
    points = list(zip(times, series.values.tolist(), strict=True))
    return draw_strip(series.name, points, readings.start_time, readings.end_time, gap)
