"""The validating pass over a file: every row is checked, nothing is kept but counts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from service.facade.domain.models import Component
from service.facade.domain.uploads import FileReport
from service.facade.sensordata.cutting import component_readings, window_numbers
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import Readings, Table, open_table
from service.facade.sensordata.text import read_lines

WindowKey = tuple[str, int]  # component, number of the window since 1970


def check_beginning(
    content: bytes, schema: Sequence[Component], *, component: str | None, file: str | None, whole: bool
) -> None:
    """Look at the first part of a file, while its sender still waits. A header longer than that part is left for later.

    Raises:
        InvalidUpload: the header or some of the rows in this part are wrong.
    """
    if not whole and next(read_lines([content], file=file, whole=False), None) is None:
        return
    faults = Faults(file)
    for _ in open_table([content], schema, faults, component=component, whole=whole).chunks:
        pass
    faults.raise_any()


def survey_table(
    table: Table, faults: Faults, frequency: timedelta, count_rows: Callable[[int], None]
) -> tuple[FileReport, set[WindowKey]]:
    """Read a file to its end.

    Args:
        table: the opened file; its rows are used up.
        faults: the collector that it was opened with.
        frequency: length of a window.
        count_rows: told the rows of each chunk as it is read.

    Returns:
        What was found, and the window files that its rows go into.

    Raises:
        InvalidUpload: some of the rows are wrong, or there is not one value in them.
    """
    windows: set[WindowKey] = set()
    spans: list[tuple[np.datetime64, np.datetime64]] = []
    rows = without_values = duplicates = 0
    before: np.ndarray | None = None
    for readings in table.chunks:
        count_rows(len(readings.times))
        if faults.total:
            continue
        rows += len(readings.times)
        without_values += _rows_without_values(readings)
        duplicates += _repeated(readings.times, before)
        spans.append((readings.times.min(), readings.times.max()))
        windows |= _windows(readings, table, frequency)
        before = readings.times[-1:]
    if rows and not windows and not faults.total:
        faults.add("None of the rows has a value.")
    faults.raise_any()
    report = FileReport(
        name=faults.file or "",
        components=tuple(columns.schema.component_name for columns in table.columns.components),
        rows=rows,
        rows_without_values=without_values,
        duplicate_timestamps=duplicates,
        first_timestamp=_instant(min(first for first, _ in spans)),
        last_timestamp=_instant(max(last for _, last in spans)),
        input_files=len(windows),
    )
    return report, windows


def _rows_without_values(readings: Readings) -> int:
    return int(np.isnan(readings.values[:, 1:]).all(axis=1).sum())


def _repeated(times: np.ndarray, before: np.ndarray | None) -> int:
    """Rows that repeat a time of this chunk or the last time of the chunk before: all of them in a sorted file."""
    seen = times if before is None else np.concatenate((before, times))
    return len(seen) - len(np.unique(seen))


def _windows(readings: Readings, table: Table, frequency: timedelta) -> set[WindowKey]:
    keys: set[WindowKey] = set()
    for columns in table.columns.components:
        times, _ = component_readings(readings, columns)
        numbers = np.unique(window_numbers(times, frequency)).tolist()
        keys.update((columns.schema.component_name, number) for number in numbers)
    return keys


def _instant(time: np.datetime64) -> datetime:
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
