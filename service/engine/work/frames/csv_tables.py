"""A CSV file -> the columns it holds, with everything that could not be understood kept in view.

One reader for both sides: inference refuses a table with bad cells, ingestion counts them and goes on.
"""

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO, StringIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from service.engine.work.frames.timestamps import parse_times

MISSING = ("", "NaN", "nan", "NAN", "null", "NULL", "None", "NA", "N/A", "n/a", "#N/A")
FIRST_ROW = 2  # of the data, as an editor counts
CELLS_KEPT = 1000
_SMALL, _LARGE = 1 << 14, 1 << 20  # bytes


class UnreadableTable(Exception):
    """The file is no table of readings. The message is a sentence that names the place, without the file."""


@dataclass(frozen=True)
class BadCell:
    """A cell that is neither a number nor empty. `row` counts as an editor does: the header is row 1."""

    row: int
    column: str
    text: str


@dataclass(frozen=True, eq=False)
class CsvTable:
    """One CSV file, parsed.

    times: datetime64[ns] [n], NaT where `time_texts` has no accepted layout; values: float64 [n, k], NaN where a
    cell is empty or bad; columns: the k names after the first; bad_counts: bad cells per column, bad_cells: the
    first of them.
    """

    time_column: str
    columns: tuple[str, ...]
    times: np.ndarray
    time_texts: np.ndarray
    values: np.ndarray
    bad_counts: tuple[int, ...]
    bad_cells: tuple[BadCell, ...]

    def bad_times(self) -> list[BadCell]:
        """Cells of the time column that are no time; the first of them, up to a bound."""
        rows = np.flatnonzero(np.isnat(self.times))[:CELLS_KEPT]
        return [BadCell(int(row) + FIRST_ROW, self.time_column, str(self.time_texts[row] or "")) for row in rows]

    def values_of(self, sensors: tuple[str, ...]) -> np.ndarray:
        """The columns of these sensors, in this order; shape [n, len(sensors)].

        Raises:
            UnreadableTable: a sensor has no column; the message offers the nearest name.
        """
        place = {name: number for number, name in enumerate(self.columns)}
        for sensor in sensors:
            if sensor not in place:
                raise UnreadableTable(f"it has no column {sensor!r}{_nearest(sensor, self.columns)}")
        return self.values[:, [place[sensor] for sensor in sensors]]


def read_table(body: bytes) -> CsvTable:
    """Parse a CSV file: a header, the time first, at least one sensor after it.

    Raises:
        UnreadableTable: no header, no rows of equal length, not UTF-8, names twice in the header.
    """
    header = header_of(body)
    if len(body) <= _SMALL:
        return _textual_table(header, _short_columns(body, header))
    numbers = {name: pa.float64() for name in header[1:]}
    try:
        return _numeric_table(header, _read(body, header, numbers))
    except pa.ArrowInvalid:
        return _textual_table(header, _long_columns(body, header))


def header_of(body: bytes) -> list[str]:
    """The names of the first line, the time's first; the beginning of a file is enough.

    Raises:
        UnreadableTable: there is no header that could be one.
    """
    line = body.split(b"\n", 1)[0]
    try:
        text = line.decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError as error:
        raise UnreadableTable(f"its header is not UTF-8 text (byte {error.start + 1})") from error
    if not text.strip():
        raise UnreadableTable("it is empty" if not body.strip() else "its first line, the header, is empty")
    names = [name.strip() for name in next(csv.reader(StringIO(text)))]
    _check_names(names, text)
    return names


def _check_names(names: list[str], text: str) -> None:
    if len(names) < 2:
        hint = ": is it separated by ';'?" if ";" in text or "\t" in text else ""
        raise UnreadableTable(f"its header has one column only, and a time and a sensor are needed{hint}")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UnreadableTable(f"its header has the column {twice[0]!r} twice")


def _read(body: bytes, header: list[str], types: dict[str, pa.DataType]) -> pa.Table:
    return read_csv(
        BytesIO(body),
        read_options=ReadOptions(column_names=header, skip_rows=1, use_threads=len(body) > _LARGE),
        parse_options=ParseOptions(newlines_in_values=False),
        convert_options=ConvertOptions(
            column_types={header[0]: pa.string()} | types, null_values=MISSING, strings_can_be_null=True
        ),
    )


def _short_columns(body: bytes, header: list[str]) -> list[np.ndarray]:
    """Texts of a small file by column. Arrow hands each file to another thread, which costs more than it saves here."""
    try:
        _, *rows = csv.reader(StringIO(body.decode("utf-8-sig")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_table(header, error) from error
    rows = [row for row in rows if row]
    for number, row in enumerate(rows, start=FIRST_ROW):
        if len(row) != len(header):
            raise _no_table(header, f"row {number} has {len(row)}")
    texts = np.array([[text.strip() for text in row] for row in rows], dtype=object).reshape(len(rows), len(header))
    texts[np.isin(texts, MISSING)] = None
    return list(texts.T)


def _long_columns(body: bytes, header: list[str]) -> list[np.ndarray]:
    try:
        table = _read(body, header, {name: pa.string() for name in header[1:]})
    except pa.ArrowInvalid as error:
        raise _no_table(header, str(error).splitlines()[0]) from error
    return [_texts(table[name]) for name in header]


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    return pc.utf8_trim_whitespace(column).to_numpy(zero_copy_only=False)


def _no_table(header: list[str], why: object) -> UnreadableTable:
    return UnreadableTable(f"it is no CSV file of {len(header)} columns ({why})")


def _numeric_table(header: list[str], table: pa.Table) -> CsvTable:
    values = np.column_stack([table[name].to_numpy() for name in header[1:]]).astype(np.float64, copy=False)
    return _table(header, _texts(table[header[0]]), values, (0,) * len(header[1:]), ())


def _textual_table(header: list[str], columns: list[np.ndarray]) -> CsvTable:
    values, counts, cells = [], [], []
    for name, texts in zip(header[1:], columns[1:], strict=True):
        numbers, bad = _numbers(texts)
        values.append(numbers)
        counts.append(len(bad))
        cells += [BadCell(int(row) + FIRST_ROW, name, texts[row]) for row in bad[:CELLS_KEPT]]
    cells.sort(key=lambda cell: cell.row)
    return _table(header, columns[0], np.column_stack(values), tuple(counts), tuple(cells[:CELLS_KEPT]))


def _numbers(texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of an array of texts (NaN where there is none) and the rows that hold something else."""
    numbers = np.array([_number(text) for text in texts], dtype=np.float64)
    unclear = np.flatnonzero(np.isnan(numbers))
    return numbers, unclear[[texts[row] is not None and texts[row] not in MISSING for row in unclear]]


def _number(text: str | None) -> float:
    try:
        return float(text) if text and "_" not in text else np.nan
    except ValueError:
        return np.nan


def _table(
    header: list[str], times: np.ndarray, values: np.ndarray, counts: tuple[int, ...], cells: tuple[BadCell, ...]
) -> CsvTable:
    finite = np.where(np.isfinite(values), values, np.nan)
    return CsvTable(header[0], tuple(header[1:]), parse_times(times), times, finite, counts, cells)


def _nearest(name: str, names: tuple[str, ...]) -> str:
    near = get_close_matches(name, names, n=1)
    return f"; is {near[0]!r} meant to be it?" if near else ""
