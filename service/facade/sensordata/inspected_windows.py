"""What the rows of inspected files mean for the windows that are to be scored: figures, no judgement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from service.facade.domain.window_files import Window, search_range
from service.facade.sensordata.inspection import BadCell, InspectedFile

_HALF_HOUR = timedelta(minutes=30)
_FARTHEST_ZONES = 28  # half hours


@dataclass(frozen=True)
class Sampling:
    """Of the rows of a component, in the order of time: the median and the largest step between two of them (None for
    fewer than two rows), and when the largest step begins."""

    step: timedelta | None = None
    largest: timedelta | None = None
    largest_at: datetime | None = None


def rows_in(files: Iterable[InspectedFile], window: Window) -> int:
    """How many rows have a time in the window."""
    return sum(int(_inside(file.times, window).sum()) for file in files)


def bad_cells_in(file: InspectedFile, window: Window) -> list[BadCell]:
    """The cells that keep a run of this window from reading the file: a time that cannot be read is in every window."""
    start, end = _instant(window.data_start_time), _instant(window.data_end_time)
    return [*file.bad_times, *(cell for cell in file.bad_cells if start < cell.time <= end)]


def zone_shift(files: Sequence[InspectedFile], window: Window) -> timedelta | None:
    """How far the rows are ahead of UTC when all that keeps them out of the window is a clock of another time zone."""
    times = _times(files)
    stamps = search_range(window)
    around = Window(stamps.earliest, stamps.latest)
    for half_hours in sorted(range(-_FARTHEST_ZONES, _FARTHEST_ZONES + 1), key=abs):
        shifted = times - np.timedelta64(half_hours * _HALF_HOUR)
        if half_hours and _inside(shifted, window).any() and _inside(shifted, around).sum() * 2 > len(times):
            return half_hours * _HALF_HOUR
    return None


def nearest_time(files: Sequence[InspectedFile], window: Window) -> datetime | None:
    """The row nearest to a window that has none."""
    times = _times(files)
    if not len(times):
        return None
    start, end = _instant(window.data_start_time), _instant(window.data_end_time)
    return _moment(times[np.argmin(np.maximum(start - times, times - end))])


def scored_rows(components: Iterable[Sequence[InspectedFile]], window: Window, rate: timedelta | None) -> int:
    """How many rows of the window are scored: times of all components together, or the buckets of the model's rate,
    each stamped with its right edge and closed there, that end in the window."""
    times = np.concatenate([_times(files) for files in components] or [np.empty(0, "datetime64[us]")])
    times = times[times <= _instant(window.data_end_time)]
    if rate is not None:
        step = rate // timedelta(microseconds=1)
        times = (-(-times.astype("int64") // step) * step).astype("datetime64[us]")
    return int(_inside(np.unique(times), window).sum())


def sampling(files: Sequence[InspectedFile], windows: Sequence[Window]) -> Sampling:
    """How regularly the rows of these windows, which follow each other, come."""
    span = Window(windows[0].data_start_time, windows[-1].data_end_time)
    times = np.unique(_times(files))
    times = times[_inside(times, span)]
    if len(times) < 2:
        return Sampling()
    steps = np.diff(times)
    at = int(np.argmax(steps))
    return Sampling(np.median(steps).item(), steps[at].item(), _moment(times[at]))


def empty_and_constant(files: Sequence[InspectedFile], sensors: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sensors without a single value, and those with one value only in at least ten rows."""
    values = np.concatenate([np.empty((0, len(sensors))), *(file.values for file in files)])
    filled = (~np.isnan(values)).sum(axis=0)
    empty = [name for name, count in zip(sensors, filled, strict=True) if not count and len(values)]
    constant = [
        name
        for at, name in enumerate(sensors)
        if filled[at] >= 10 and np.nanmin(values[:, at]) == np.nanmax(values[:, at])
    ]
    return empty, constant


def _times(files: Iterable[InspectedFile]) -> np.ndarray:
    times = np.concatenate([np.empty(0, "datetime64[us]"), *(file.times for file in files)])
    return times[~np.isnat(times)]


def _inside(times: np.ndarray, window: Window) -> np.ndarray:
    return (times > _instant(window.data_start_time)) & (times <= _instant(window.data_end_time))


def _instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")


def _moment(time: np.datetime64) -> datetime:
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
