"""The validating pass over a file: every row is checked, nothing is kept but counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from service.facade.domain.uploads import FileReport
from service.facade.problems import UploadTooLarge
from service.facade.sensordata.cells import Readings
from service.facade.sensordata.columns import TableColumns
from service.facade.sensordata.cutting import component_readings, window_numbers
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.findings import DUPLICATE, EMPTY_ROW, GAP, OUT_OF_ORDER, RowOrder, instant
from service.facade.sensordata.reading import Table

WindowKey = tuple[str, int]  # component, number of the window since 1970
MOST_INPUT_FILES = 1_000_000  # of one upload: they are counted, and later listed, in memory


@dataclass
class Counts:
    """What a file holds, counted chunk by chunk."""

    windows: set[WindowKey] = field(default_factory=set)
    order: RowOrder = field(default_factory=RowOrder)
    rows: int = 0
    first: np.datetime64 | None = None
    last: np.datetime64 | None = None

    def add(self, readings: Readings, columns: TableColumns, frequency: timedelta) -> None:
        times = readings.times
        self.rows += len(times)
        self.order.add(readings)
        self.first = times.min() if self.first is None else min(self.first, times.min())
        self.last = times.max() if self.last is None else max(self.last, times.max())
        self.windows |= _windows(readings, columns, frequency)


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
    return _report(faults.file or "", table, counts), counts.windows


def refuse_too_many(windows: set[WindowKey]) -> None:
    if len(windows) > MOST_INPUT_FILES:
        detail = f"The rows fall into more than {MOST_INPUT_FILES:,} input files. Split the upload by time."
        raise UploadTooLarge(detail)


def _report(name: str, table: Table, counts: Counts) -> FileReport:
    found = counts.order.counts
    return FileReport(
        name=name,
        format=table.format,
        layout="long" if table.is_long else "wide",
        components=_components(table, counts),
        ignored_columns=table.columns.ignored,
        times=table.clock.reading,
        rows=counts.rows,
        rows_without_values=found[EMPTY_ROW],
        duplicate_timestamps=found[DUPLICATE],
        out_of_order_rows=found[OUT_OF_ORDER],
        gaps=found[GAP],
        usual_interval_seconds=counts.order.usual_seconds,
        findings=tuple(sorted(counts.order.listed, key=lambda finding: finding.row)),
        first_timestamp=instant(counts.first),
        last_timestamp=instant(counts.last),
        input_files=len(counts.windows),
    )


def _components(table: Table, counts: Counts) -> tuple[str, ...]:
    """Those in the header; of a long table those that have readings."""
    found = {component for component, _ in counts.windows}
    names = [component.schema.component_name for component in table.columns.components]
    return tuple(name for name in names if name in found or not table.is_long)


def _windows(readings: Readings, columns: TableColumns, frequency: timedelta) -> set[WindowKey]:
    keys: set[WindowKey] = set()
    for component in columns.components:
        times, _ = component_readings(readings, component)
        numbers = np.unique(window_numbers(times, frequency)).tolist()
        keys.update((component.schema.component_name, number) for number in numbers)
    return keys
