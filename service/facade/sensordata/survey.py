"""The validating pass over a file: every row is checked, nothing is kept but counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from service.facade.domain.models import Component
from service.facade.domain.uploads import FileReport
from service.facade.problems import UploadTooLarge
from service.facade.sensordata.columns import TableColumns
from service.facade.sensordata.cutting import component_readings, window_numbers
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import Readings, Table, open_table
from service.facade.sensordata.text import Allowance, beginning_of, read_lines

WindowKey = tuple[str, int]  # component, number of the window since 1970
MOST_INPUT_FILES = 1_000_000  # of one upload: they are counted, and later listed, in memory
_LOOKED_AT_BYTES = 256 * 1024  # of what gzip data become, while their sender waits


@dataclass
class Counts:
    """What a file holds, counted chunk by chunk."""

    windows: set[WindowKey] = field(default_factory=set)
    rows: int = 0
    rows_without_values: int = 0
    duplicate_timestamps: int = 0
    first: np.datetime64 | None = None
    last: np.datetime64 | None = None
    _before: np.ndarray = field(default_factory=lambda: np.empty(0, "datetime64[us]"))

    def add(self, readings: Readings, columns: TableColumns, frequency: timedelta) -> None:
        times = readings.times
        self.rows += len(times)
        self.rows_without_values += int(np.isnan(readings.values[:, 1:]).all(axis=1).sum())
        self.first = times.min() if self.first is None else min(self.first, times.min())
        self.last = times.max() if self.last is None else max(self.last, times.max())
        self.windows |= _windows(readings, columns, frequency)
        # Repeated within this chunk, or the last of the chunk before: in a file in order of time that is all of them.
        seen = np.concatenate((self._before, times))
        self.duplicate_timestamps += len(seen) - len(np.unique(seen))
        self._before = times[-1:]


def check_beginning(
    content: bytes,
    schema: Sequence[Component],
    allowance: Allowance,
    *,
    component: str | None,
    file: str | None,
    whole: bool,
) -> None:
    """Look at the first part of a file, while its sender still waits. A header longer than that part is left for later.

    Raises:
        InvalidUpload: the header or some of the rows in this part are wrong.
        UploadTooLarge: this part holds more than the allowance already.
    """
    content, whole = beginning_of(content, _LOOKED_AT_BYTES, file=file, whole=whole, allowance=allowance)
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
        UploadTooLarge: the rows fall into too many windows.
    """
    counts = Counts()
    for readings in table.chunks:
        count_rows(len(readings.times))
        if not faults.total:
            counts.add(readings, table.columns, frequency)
            refuse_too_many(counts.windows)
    if not counts.windows and not faults.total:
        faults.add("None of the rows has a value.")
    faults.raise_any()
    return _report(faults.file or "", table.columns, counts), counts.windows


def refuse_too_many(windows: set[WindowKey]) -> None:
    if len(windows) > MOST_INPUT_FILES:
        detail = f"The rows fall into more than {MOST_INPUT_FILES:,} input files. Split the upload by time."
        raise UploadTooLarge(detail)


def _report(name: str, columns: TableColumns, counts: Counts) -> FileReport:
    return FileReport(
        name=name,
        components=tuple(component.schema.component_name for component in columns.components),
        rows=counts.rows,
        rows_without_values=counts.rows_without_values,
        duplicate_timestamps=counts.duplicate_timestamps,
        first_timestamp=_instant(counts.first),
        last_timestamp=_instant(counts.last),
        input_files=len(counts.windows),
    )


def _windows(readings: Readings, columns: TableColumns, frequency: timedelta) -> set[WindowKey]:
    keys: set[WindowKey] = set()
    for component in columns.components:
        times, _ = component_readings(readings, component)
        numbers = np.unique(window_numbers(times, frequency)).tolist()
        keys.update((component.schema.component_name, number) for number in numbers)
    return keys


def _instant(time: np.datetime64) -> datetime:
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
