"""The rows of inspected input files as a series for each sensor, with as few points as a chart has room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from service.facade.domain.buckets import ORIGIN
from service.facade.sensordata.inspection import InspectedFile


@dataclass(frozen=True, eq=False)
class SensorSeries:
    """What one sensor read: `times` datetime64[us] in UTC, ascending, shape (n,); `values` float64 without NaN, shape
    (n,). Cells without a value are left out."""

    name: str
    times: np.ndarray
    values: np.ndarray


def series_of(
    names: Sequence[str], files: Iterable[InspectedFile], start: datetime, end: datetime
) -> list[SensorSeries]:
    """A series for each column of the files, of the rows with start < time <= end. Of rows that have the same time the
    last value of a sensor counts.

    Args:
        names: of the columns, in their order.
        files: in the order of their stamps.
    """
    files = list(files)
    times = np.concatenate([np.empty(0, "datetime64[us]"), *(file.times for file in files)])
    values = np.concatenate([np.empty((0, len(names))), *(file.values for file in files)])
    inside = (times > instant(start)) & (times <= instant(end))
    order = np.argsort(times[inside], kind="stable")
    times, values = times[inside][order], values[inside][order]
    return [_series(name, times, values[:, at]) for at, name in enumerate(names)]


def thinned(series: SensorSeries, width: timedelta) -> SensorSeries:
    """Of each piece of time this long the lowest and the highest value, where there are more."""
    pieces = (series.times - instant(ORIGIN)) // np.timedelta64(width)
    by_value = np.lexsort((series.values, pieces))
    begins = np.flatnonzero(np.diff(pieces[by_value], prepend=pieces.min(initial=0) - 1))
    ends = np.append(begins[1:], len(by_value)) - 1
    kept = np.unique(np.concatenate([by_value[begins], by_value[ends[: len(begins)]]]))
    return replace(series, times=series.times[kept], values=series.values[kept])


def instant(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.replace(tzinfo=None), "us")


def _series(name: str, times: np.ndarray, values: np.ndarray) -> SensorSeries:
    filled = ~np.isnan(values)
    times, values = times[filled], values[filled]
    last_of_its_time = np.append(times[1:] != times[:-1], True)[: len(times)]
    return SensorSeries(name, times[last_of_its_time], values[last_of_its_time])
