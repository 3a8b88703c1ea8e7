"""Bring readings onto one time axis: sort, choose rows, resample, join components, fill forward."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection import Readings

_FARTHEST = 2**63 // 1000 - 1  # microseconds before or after 1970 that fit into nanoseconds


def as_datetime64(moment: datetime) -> np.datetime64:
    """An aware instant as datetime64[ns] in UTC; one before 1677 or after 2262 as the nearest that can be had."""
    microseconds = round(moment.timestamp() * 1_000_000)
    return np.datetime64(max(-_FARTHEST, min(microseconds, _FARTHEST)), "us").astype("datetime64[ns]")


def in_time_order(times: np.ndarray, values: np.ndarray, sensors: tuple[str, ...]) -> Readings:
    """Readings of rows in any order. Rows without a time are left out; of rows of one time the last one given stays."""
    usable = np.flatnonzero(~np.isnat(times))
    order = usable[np.argsort(times[usable], kind="stable")]
    ordered = times[order]
    last_of_its_time = np.append(ordered[1:] != ordered[:-1], True) if len(ordered) else np.zeros(0, dtype=bool)
    return Readings(ordered[last_of_its_time], values[order][last_of_its_time], sensors)


def stacked(parts: Sequence[Readings]) -> Readings:
    """Readings of the same sensors from several files as one; where a time is in two of them, the later file wins."""
    times = np.concatenate([part.times for part in parts])
    return in_time_order(times, np.concatenate([part.values for part in parts]), parts[0].sensors)


def between(readings: Readings, after: datetime | None, until: datetime | None) -> Readings:
    """Rows with after < time <= until; None leaves that end open."""
    first = 0 if after is None else np.searchsorted(readings.times, as_datetime64(after), side="right")
    last = len(readings) if until is None else np.searchsorted(readings.times, as_datetime64(until), side="right")
    return readings.rows(slice(int(first), int(last)))


def resampled(readings: Readings, rate: timedelta | None) -> Readings:
    """Means over buckets of the rate, each stamped with its right edge and closed there (12:30, 12:35] -> 12:35.

    Empty buckets give no row, missing cells do not count; without a rate the readings come back as they are.
    """
    if rate is None or not len(readings):
        return readings
    step = np.timedelta64(rate // timedelta(microseconds=1), "us").astype("timedelta64[ns]").astype(np.int64)
    edges = -(-readings.times.astype(np.int64) // step) * step
    starts = np.flatnonzero(np.append(True, edges[1:] != edges[:-1]))
    present = np.isfinite(readings.values)
    sums = np.add.reduceat(np.where(present, readings.values, 0.0), starts, axis=0)
    counts = np.add.reduceat(present.astype(np.int64), starts, axis=0)
    means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
    return Readings(edges[starts].astype("datetime64[ns]"), means, readings.sensors)


def joined_on_time(components: Sequence[Readings]) -> Readings:
    """All sensors of all components on the union of their times; NaN where a component has no row."""
    sensors = tuple(sensor for part in components for sensor in part.sensors)
    first = components[0].times
    if all(np.array_equal(first, part.times) for part in components[1:]):
        return Readings(first, np.hstack([part.values for part in components]), sensors)
    times = np.unique(np.concatenate([part.times for part in components]))
    values = np.full((len(times), len(sensors)), np.nan)
    column = 0
    for part in components:
        width = len(part.sensors)
        values[np.searchsorted(times, part.times), column : column + width] = part.values
        column += width
    return Readings(times, values, sensors)


def filled_forward(readings: Readings, before: np.ndarray | None = None) -> Readings:
    """Each missing cell takes the last value read before it.

    Args:
        before: the last value of each sensor before these readings [k], NaN where there is none. Cells before the
            first value take it; without it they stay missing.
    """
    missing = ~np.isfinite(readings.values)
    gappy = np.flatnonzero(missing.any(axis=0))
    if not len(gappy):
        return readings
    values = readings.values.copy()
    rows = np.where(missing[:, gappy], 0, np.arange(len(readings))[:, None])
    values[:, gappy] = np.take_along_axis(values[:, gappy], np.maximum.accumulate(rows, axis=0), axis=0)
    if before is not None:
        values[:, gappy] = np.where(np.isfinite(values[:, gappy]), values[:, gappy], before[gappy])
    return Readings(readings.times, values, readings.sensors)


def aligned(components: Sequence[Readings], rate: timedelta | None) -> Readings:
    """Readings of each component as one table: resampled, joined on time, gaps filled forward."""
    return filled_forward(joined_on_time([resampled(part, rate) for part in components]))
