"""A file of any format -> chunks of checked readings. The same pass validates, and later feeds the cutting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from service.facade.domain.mappings import ReadingRules
from service.facade.domain.models import Component
from service.facade.sensordata.cells import Cells, CellTable, Readings
from service.facade.sensordata.clock import FileClock
from service.facade.sensordata.columnar import open_arrow, open_parquet
from service.facade.sensordata.columns import TableColumns, find_columns
from service.facade.sensordata.csv_rows import open_csv
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.figures import parse_figures
from service.facade.sensordata.formats import ARROW, CSV, NDJSON, PARQUET
from service.facade.sensordata.json_rows import open_ndjson
from service.facade.sensordata.known_sensors import KnownNames, known_names
from service.facade.sensordata.long_tables import LongPlaces, TagReader, long_places, read_long, wide_columns
from service.facade.sensordata.text import Allowance, read_lines

CELLS_PER_CHUNK = 250_000
_PLAIN = ReadingRules()
_NO_TIMES = np.empty(0, "datetime64[us]")
_TIME_NAMES = ("timestamp", "time", "datetime")


@dataclass(frozen=True)
class Table:
    """An opened file: its checked header, its rows, read as they are asked for, and the clock that reads the times."""

    columns: TableColumns
    chunks: Iterator[Readings]
    clock: FileClock
    format: str = CSV
    is_long: bool = False


def open_table(
    content: Iterable[bytes] | BinaryIO,
    schema: Sequence[Component],
    faults: Faults,
    *,
    format: str = CSV,
    component: str | None = None,
    rules: ReadingRules = _PLAIN,
    whole: bool = True,
    allowance: Allowance | None = None,
) -> Table:
    """Read the header of a file and get ready to read its rows.

    Args:
        content: the bytes of the file, cut anywhere, text plain or gzip; for Parquet something that can be sought in.
        schema: the components that may occur in it.
        faults: where wrong columns are put at once, and wrong cells while `chunks` is read. They are no reason to
            stop: wrong cells count as gaps, so look into `faults` before using the readings.
        format: one of `formats.FORMATS`.
        component: what bare sensor names belong to, where it is known.
        rules: what columns are called, and how times are written, where somebody said so.
        whole: False for the first part of a file; its torn last row is then not read.
        allowance: what packed data may become; None where that does not matter.

    Raises:
        InvalidUpload: at once for a file without a header; from `chunks` for one whose bytes cannot be read.
        UploadTooLarge: from `chunks`, when the allowance is spent.
    """
    cells = _open(content, format, faults, whole, allowance)
    first = _time_position(cells, schema, rules, faults)
    known = known_names(schema, component, rules)
    if places := long_places(cells.names, first, known):
        return _long_table(cells, places, schema, faults, known, rules, whole, format)
    order = (first, *(at for at in range(len(cells.names)) if at != first))
    names = [cells.names[at] for at in order]
    columns = find_columns(names, schema, faults, component=component, rules=rules, row=cells.header_row)
    clock = FileClock(rules, faults, columns.names[0], settle=whole)
    chunks = _chunks(cells, order, columns, clock, faults)
    return Table(columns, _to_the_end(chunks, cells, clock, faults, whole), clock, format)


def _open(
    content: Iterable[bytes] | BinaryIO, format: str, faults: Faults, whole: bool, allowance: Allowance | None
) -> CellTable:
    if format == PARQUET:
        return open_parquet(content, faults, allowance)
    if format == ARROW:
        return open_arrow(content, faults, allowance, whole=whole)
    lines = read_lines(content, file=faults.file, whole=whole, allowance=allowance)
    return (open_ndjson if format == NDJSON else open_csv)(lines, faults, whole=whole)


def _time_position(cells: CellTable, schema: Sequence[Component], rules: ReadingRules, faults: Faults) -> int:
    """Where the time is: as the mapping says, where the format tells, or in the first column; in formats without an
    order of columns in the one that is called like a time."""
    if rules.timestamp_column is not None:
        if rules.timestamp_column in cells.names:
            return cells.names.index(rules.timestamp_column)
        said = f"The table has no column {rules.timestamp_column!r}, which the column mapping names as the time."
        raise unusable(said, file=faults.file, row=cells.header_row)
    if cells.time_at is not None or cells.header_row is not None or not cells.names:
        return cells.time_at or 0
    known = {entry.timestamp_column.lower() for entry in schema} | set(_TIME_NAMES)
    return next((at for at, name in enumerate(cells.names) if name.lower() in known), 0)


def _long_table(
    cells: CellTable,
    places: LongPlaces,
    schema: Sequence[Component],
    faults: Faults,
    known: KnownNames,
    rules: ReadingRules,
    whole: bool,
    format: str,
) -> Table:
    time = cells.names[places.time]
    columns = wide_columns(time, schema, places.ignored)
    clock = FileClock(rules, faults, time, settle=whole)
    reader = TagReader(columns, known, rules, faults, cells.names[places.tag])
    rows = read_long(cells, places, reader, clock, _rows_at_once(columns))
    return Table(columns, _to_the_end(rows, cells, clock, faults, whole), clock, format, is_long=True)


def _rows_at_once(columns: TableColumns) -> int:
    return max(1, CELLS_PER_CHUNK // len(columns.names))


def _chunks(
    cells: CellTable, order: tuple[int, ...], columns: TableColumns, clock: FileClock, faults: Faults
) -> Iterator[Readings]:
    for part in cells.read([order[at] for at in (0, *columns.sensors)], _rows_at_once(columns)):
        times = clock.read(part.columns[order[0]], part.rows) if len(part.rows) else _NO_TIMES
        yield Readings(part.rows, times, _values(part, order, columns, faults))


def _to_the_end(
    chunks: Iterator[Readings], cells: CellTable, clock: FileClock, faults: Faults, whole: bool
) -> Iterator[Readings]:
    empty = True
    for readings in chunks:
        empty = False
        if len(readings.rows):
            yield readings
    if whole:
        clock.close()
        if empty:
            said = "The file has a header but no rows." if cells.header_row else "The file has no rows."
            raise unusable(said, file=faults.file)


def _values(part: Cells, order: tuple[int, ...], columns: TableColumns, faults: Faults) -> np.ndarray:
    values = np.full((len(part.rows), len(columns.names)), np.nan)
    for column in columns.sensors:
        cells = part.columns[order[column]]
        values[:, column], wrong = parse_figures(cells)
        for at in wrong:
            value = str(cells[at].as_py())
            faults.add(f"{value!r} is not a number.", row=int(part.rows[at]), column=columns.names[column], value=value)
    return values
