"""One input file as a scheduled run will read it, with everything that a run would trip over kept in view.

Uploads are read more strictly (see `reading`): they can be refused, a file in the bucket is what it is.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO

import numpy as np

from service.facade.domain.models import Component
from service.facade.sensordata.layouts import EARLIEST, LATEST

_EMPTY = frozenset(("", "NaN", "nan", "NAN", "null", "NULL", "None", "NA", "N/A", "n/a", "#N/A"))
_FIRST_ROW = 2  # the header is row 1, as an editor counts
_TIME = re.compile(
    r"(\d{4})([-/ ]?)(\d\d)\2(\d\d)"  # year, mark, month, day
    r"(?:[T ]|(?<=-\d\d)-)"
    r"(\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_DIGITS = re.compile(r"(\d{4})(-?)(\d\d)\2(\d\d)\2(\d\d)\2(\d\d)(?:\2(\d\d))?", re.ASCII)


@dataclass(frozen=True)
class BadCell:
    """A cell that cannot be understood; `time` is that of its row, None where the time itself is the bad cell."""

    row: int
    column: str
    text: str
    time: np.datetime64 | None


@dataclass(frozen=True, eq=False)
class InspectedFile:
    """`times` datetime64[us] in UTC, NaT where a time cannot be read, shape (n,); `values` float64 with NaN where a
    cell is empty or bad, shape (n, sensors of the component). `unreadable` says why there is nothing of all that.

    `missing` are sensors without a column, `unknown` columns that are no sensor, `reordered` whether the columns stand
    in another order than those of the model.
    """

    times: np.ndarray
    values: np.ndarray
    unreadable: str | None = None
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reordered: bool = False
    bad_times: tuple[BadCell, ...] = ()
    bad_cells: tuple[BadCell, ...] = ()


class _Unreadable(Exception):
    """The message is a sentence."""


def inspect_file(content: bytes, component: Component) -> InspectedFile:
    """Read an input file of a component. It never raises: what is wrong is part of what it tells."""
    try:
        header, rows = _rows(content)
    except _Unreadable as error:
        return InspectedFile(np.empty(0, "datetime64[us]"), np.empty((0, len(component.sensors))), str(error))
    instants = [read_time(row[0]) for row in rows]
    times = np.array([None if one is None else one.replace(tzinfo=None) for one in instants], "datetime64[us]")
    place = {name: at for at, name in enumerate(header) if at}
    values, bad_cells = _values(rows, times, place, component.sensors)
    known = [name for name in header[1:] if name in component.sensors]
    return InspectedFile(
        times=times,
        values=values,
        missing=tuple(name for name in component.sensors if name not in place),
        unknown=tuple(name for name in place if name not in component.sensors),
        reordered=known != [name for name in component.sensors if name in place],
        bad_times=tuple(
            BadCell(at + _FIRST_ROW, header[0], row[0], None) for at, row in enumerate(rows) if instants[at] is None
        ),
        bad_cells=tuple(bad_cells),
    )


def read_time(text: str) -> datetime | None:
    """An instant in one of the layouts that the service's user guide lists for data files, or in ISO 8601 with a zone;
    None for anything else. A time without a zone is UTC."""
    text = text.strip()
    if found := _TIME.fullmatch(text):
        year, mark, month, day, minutes, seconds, fraction, zone = found.groups()
        if fraction and not seconds:
            return None
        written = f"{year}-{month}-{day}T{minutes}{seconds or ':00'}{(fraction or '')[:7]}{zone or 'Z'}"
    elif found := _DIGITS.fullmatch(text):
        year, mark, month, day, hour, minute, second = found.groups()
        if mark and not second:
            return None
        written = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}Z"
    else:
        return None
    try:
        instant = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if EARLIEST < instant < LATEST else None


def _rows(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Header and rows that are not blank, all of one length."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(f"Byte {error.start + 1} is not UTF-8.") from error
    if not text.strip():
        raise _Unreadable("It is empty.")
    try:
        header, *rows = csv.reader(StringIO(text))
    except csv.Error as error:
        raise _Unreadable(f"It is no CSV: {error}.") from error
    header = [name.strip() for name in header]
    _check_header(header, text.split("\n", 1)[0])
    rows = [row for row in rows if row]
    for number, row in enumerate(rows, start=_FIRST_ROW):
        if len(row) != len(header):
            raise _Unreadable(f"Row {number} has {len(row)} cells, the header has {len(header)}.")
    return header, rows


def _check_header(header: list[str], line: str) -> None:
    if not any(header):
        raise _Unreadable("Its first line, the header, is empty.")
    if len(header) < 2:
        hint = " Is it separated by something else than commas?" if ";" in line or "\t" in line else ""
        raise _Unreadable(f"Its header has one column only; a time and a sensor are needed.{hint}")
    if twice := [name for name in header if header.count(name) > 1]:
        raise _Unreadable(f"Its header has the column {twice[0]!r} twice.")


def _values(
    rows: Sequence[Sequence[str]], times: np.ndarray, place: dict[str, int], sensors: Sequence[str]
) -> tuple[np.ndarray, list[BadCell]]:
    values = np.full((len(rows), len(sensors)), np.nan)
    bad: list[BadCell] = []
    for number, sensor in enumerate(sensors):
        if sensor not in place:
            continue
        for at, row in enumerate(rows):
            text = row[place[sensor]].strip()
            figure = _figure(text)
            if figure is not None:
                values[at, number] = figure
            elif text not in _EMPTY:
                bad.append(BadCell(at + _FIRST_ROW, sensor, text, times[at]))
    values[~np.isfinite(values)] = np.nan
    return values, bad


def _figure(text: str) -> float | None:
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None
