"""A file -> chunks of checked readings. The same pass validates, and later feeds the cutting."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from service.facade.domain.models import Component
from service.facade.sensordata.clock import TimeLayout, layout_of, parse_times, what_is_wrong
from service.facade.sensordata.columns import TableColumns, find_columns
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.figures import parse_figures
from service.facade.sensordata.text import Allowance, read_lines

CELLS_PER_CHUNK = 250_000


@dataclass(frozen=True)
class Readings:
    """Some rows of a table: `times` datetime64[us] in UTC, shape (n,); `values` float64 with NaN for gaps, shape
    (n, columns), where column 0 stays empty so that columns count as in the file."""

    times: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Table:
    """An opened file: its checked header, and its rows, read as they are asked for."""

    columns: TableColumns
    chunks: Iterator[Readings]


def open_table(
    blocks: Iterable[bytes],
    schema: Sequence[Component],
    faults: Faults,
    *,
    component: str | None = None,
    whole: bool = True,
    allowance: Allowance | None = None,
) -> Table:
    """Read the header of a CSV file and get ready to read its rows.

    Args:
        blocks: the bytes of the file, plain or gzip, cut anywhere.
        schema: the components that may occur in it.
        faults: where wrong columns are put at once, and wrong cells while `chunks` is read. They are no reason to
            stop: wrong cells count as gaps, so look into `faults` before using the readings.
        component: what bare sensor names belong to, where it is known.
        whole: False for the first part of a file; its torn last row is then not read.
        allowance: what gzip data may become; None where that does not matter.

    Raises:
        InvalidUpload: at once for a file without a header; from `chunks` for one whose bytes cannot be read.
        UploadTooLarge: from `chunks`, when the allowance is spent.
    """
    lines = read_lines(blocks, file=faults.file, whole=whole, allowance=allowance)
    rows = _numbered_rows(lines, faults.file, whole)
    _, header = next(rows, (1, None))
    if header is None:
        raise unusable("The file is empty." if whole else "The first row does not end.", file=faults.file)
    columns = find_columns(header, schema, faults, component=component)
    return Table(columns, _chunks(rows, columns, faults, whole))


def _numbered_rows(lines: Iterator[str], file: str | None, whole: bool) -> Iterator[tuple[int, list[str]]]:
    """(row number as in the file, cells) of every row that is not blank."""
    reader = csv.reader(lines, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        if not whole and str(error) == "unexpected end of data":
            return  # the file goes on in the middle of a quoted cell
        said = f"Row {reader.line_num} is no CSV: {error}."
        raise unusable(said, file=file, row=reader.line_num) from error


def _chunks(
    rows: Iterator[tuple[int, list[str]]], columns: TableColumns, faults: Faults, whole: bool
) -> Iterator[Readings]:
    size = max(1, CELLS_PER_CHUNK // len(columns.names))
    layout: TimeLayout | None = None
    empty = True
    while chunk := list(islice(rows, size)):
        empty = False
        numbers, table = _even(chunk, len(columns.names), faults)
        if table:
            layout = layout or next(filter(None, (layout_of(cells[0]) for cells in table)), None)
            cells_of = list(zip(*table, strict=True))
            times = _times(numbers, cells_of[0], columns.names[0], layout, faults)
            yield Readings(times, _values(numbers, cells_of, columns, faults))
    if empty and whole:
        raise unusable("The file has a header but no rows.", file=faults.file)


def _even(chunk: list[tuple[int, list[str]]], width: int, faults: Faults) -> tuple[list[int], list[list[str]]]:
    """The rows with as many cells as the header has columns; the others are faults."""
    numbers, table = [], []
    for number, cells in chunk:
        if len(cells) == width:
            numbers.append(number)
            table.append(cells)
        else:
            faults.add(f"The row has {len(cells)} cells, the header has {width}.", row=number)
    return numbers, table


def _times(
    numbers: list[int], cells: Sequence[str], column: str, layout: TimeLayout | None, faults: Faults
) -> np.ndarray:
    if layout is None:
        times, wrong = np.full(len(cells), np.datetime64("NaT", "us")), range(len(cells))
    else:
        times, wrong = parse_times(cells, layout)
    for at in wrong:
        faults.add(what_is_wrong(cells[at], layout), row=numbers[at], column=column, value=cells[at])
    return times


def _values(numbers: list[int], cells_of: list[tuple[str, ...]], columns: TableColumns, faults: Faults) -> np.ndarray:
    values = np.full((len(numbers), len(columns.names)), np.nan)
    for column in columns.sensors:
        cells = cells_of[column]
        values[:, column], wrong = parse_figures(cells)
        for at in wrong:
            said = f"{cells[at]!r} is not a number."
            faults.add(said, row=numbers[at], column=columns.names[column], value=cells[at])
    return values
