"""Time cells -> UTC. The layouts are those the service's user guide lists for data files, and ISO 8601 with a zone.

A time without a zone is UTC. The layout of a file's first row holds for the whole file, because a table in which
layouts change was glued together from sources that may not share a clock; seconds and fractions may come and go.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

_CLOCK_TIME = r"(?P<h>\d\d):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)"


@dataclass(frozen=True)
class TimeLayout:
    """One way to write a time; `name` is what a person would write it as."""

    name: str
    pattern: re.Pattern[str]


def _layout(name: str, date: str, rest: str) -> TimeLayout:
    year, month, day = r"(?P<y>\d{4})", r"(?P<mo>\d\d)", r"(?P<d>\d\d)"
    return TimeLayout(name, re.compile(date.join((year, month, day)) + rest, re.ASCII))


LAYOUTS = (
    *(
        _layout(f"yyyy{mark}MM{mark}dd{between}HH:mm:ss", mark, between + _CLOCK_TIME)
        for mark in ("-", "/", "", " ")
        for between in ("T", " ", *("-" if mark == "-" else ""))
    ),
    _layout("yyyyMMddHHmmss", "", r"(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?"),
    _layout("yyyy-MM-dd-HH-mm-ss", "-", r"-(?P<h>\d\d)-(?P<mi>\d\d)-(?P<s>\d\d)"),
    *(
        _layout(f"yyyy-MM-dd{between}HH:mm:ss with a zone", "-", f"{between}{_CLOCK_TIME} ?{_ZONE}")
        for between in ("T", " ")
    ),
    _layout("yyyyMMddTHHmmss with a zone", "", rf"T(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?{_ZONE}"),
)


def layout_of(cell: str) -> TimeLayout | None:
    """The layout that a cell is written in, or None when it is no time."""
    return next((layout for layout in LAYOUTS if layout.pattern.fullmatch(cell.strip())), None)


def parse_times(cells: Sequence[str], layout: TimeLayout) -> tuple[np.ndarray, np.ndarray]:
    """Cells of one layout -> (times as datetime64[us] in UTC, indices of the cells that are no such time)."""
    normal = [_normal(layout.pattern.fullmatch(cell.strip())) for cell in cells]
    times = pd.to_datetime(normal, format="ISO8601", utc=True, errors="coerce")
    return times.tz_localize(None).as_unit("us").to_numpy(), np.flatnonzero(times.isna())


def what_is_wrong(cell: str, layout: TimeLayout | None) -> str:
    """Why a cell is not taken as a time, and what to write."""
    own = layout_of(cell)
    if not cell.strip():
        return "The time is empty."
    if own is None:
        return f"{cell!r} is not a time. Write it like 2026-01-31T13:05:00Z."
    if layout is not None and own is not layout:
        return f"{cell!r} is written as {own.name}, but the first row as {layout.name}. Write all rows alike."
    return f"{cell!r} does not exist in the calendar."


def _normal(found: re.Match[str] | None) -> str | None:
    if not found:
        return None
    part = found.groupdict()
    fraction, zone = part.get("f"), part.get("zone") or "Z"
    seconds = (part["s"] or "00") + (f".{fraction}" if fraction else "")
    return f"{part['y']}-{part['mo']}-{part['d']}T{part['h']}:{part['mi']}:{seconds}{zone}"
