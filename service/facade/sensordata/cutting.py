"""Readings -> one small table for each component and window, ready to become an input file.

Where several rows have the same time, the last value of every sensor that is not empty wins. The rule is the same
within a chunk, across chunks and against a file that exists already, so the order of the work cannot change the result.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from service.facade.domain.windows import numbered_window
from service.facade.sensordata.cells import Readings
from service.facade.sensordata.columns import ComponentColumns, TableColumns

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class WindowTable:
    """The readings of one component in one window: `times` datetime64[us], strictly ascending, shape (n,); `values`
    float64, shape (n, sensors), in the order of the schema. `start` is the open end of the window."""

    columns: ComponentColumns
    start: datetime
    times: np.ndarray
    values: np.ndarray


def window_numbers(times: np.ndarray, frequency: timedelta) -> np.ndarray:
    """The window of every time, counted from 1970; a time on the grid belongs to the window that it ends."""
    return (times.astype("int64") - 1) // (frequency // _MICROSECOND)


def component_readings(readings: Readings, columns: ComponentColumns) -> tuple[np.ndarray, np.ndarray]:
    """(times, values) of one component. Rows in which all of its cells are empty say nothing and are left out."""
    values = readings.values[:, columns.positions]
    filled = ~np.isnan(values).all(axis=1)
    return readings.times[filled], values[filled]


def last_values_win(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row for each distinct time, ascending; each cell is the last one at that time that is not empty."""
    if len(times) < 2 or (np.diff(times) > np.timedelta64(0)).all():
        return times, values
    rows = pd.DataFrame(values).groupby(times).last()
    return rows.index.to_numpy().astype("datetime64[us]"), rows.to_numpy()


def cut_windows(chunks: Iterable[Readings], columns: TableColumns, frequency: timedelta) -> Iterator[WindowTable]:
    """Cut the rows of a file into windows.

    The window of the last row of a chunk stays open for the next chunk, so each window of a file in order of time
    comes once. In a file without order a window can come again; merging it into its file is right.
    """
    open_rows: dict[ComponentColumns, tuple[np.ndarray, np.ndarray]] = {}
    for readings in chunks:
        for component in columns.components:
            times, values = _joined(open_rows.pop(component, None), component_readings(readings, component))
            if len(times):
                windows = window_numbers(times, frequency)
                last = windows == windows[-1]
                open_rows[component] = times[last], values[last]
                yield from _windows(component, times[~last], values[~last], frequency)
    for component, rows in open_rows.items():
        yield from _windows(component, *rows, frequency)


def joined(earlier: WindowTable, later: WindowTable) -> WindowTable:
    """Two tables of the same component and window as one."""
    times, values = last_values_win(*_joined((earlier.times, earlier.values), (later.times, later.values)))
    return replace(later, times=times, values=values)


def _windows(
    columns: ComponentColumns, times: np.ndarray, values: np.ndarray, frequency: timedelta
) -> Iterator[WindowTable]:
    times, values = last_values_win(times, values)
    windows = window_numbers(times, frequency)
    borders = np.flatnonzero(np.diff(windows)) + 1
    for begin, end in zip([0, *borders], [*borders, len(times)], strict=True):
        if begin < end:
            start = numbered_window(int(windows[begin]), frequency)
            yield WindowTable(columns, start, times[begin:end], values[begin:end])


def _joined(
    before: tuple[np.ndarray, np.ndarray] | None, rows: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    if before is None:
        return rows
    return np.concatenate((before[0], rows[0])), np.concatenate((before[1], rows[1]))
