"""The ways to write a time: those the service's user guide lists for data files, ISO 8601 with a zone, days before or
after months, seconds since 1970, and any format of strptime that somebody names.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

import pandas as pd

_CLOCK_TIME = r"(?P<h>\d\d):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?"
_SHORT_CLOCK_TIME = r"(?P<h>\d\d?):(?P<mi>\d\d)(?::(?P<s>\d\d)(?:[.,](?P<f>\d{1,9}))?)?(?: ?(?P<half>[AaPp])[Mm])?"
_ZONE = r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)"
EARLIEST, LATEST = datetime(1700, 1, 1, tzinfo=UTC), datetime(2250, 1, 1, tzinfo=UTC)  # what a run can read
_PROBE = datetime(2026, 11, 22, 13, 5, tzinfo=UTC)  # is read again as it was written if a format says enough


@dataclass(frozen=True)
class TimeLayout:
    """One way to write a time; `name` is what a person would write it as.

    `parse` makes of cells a naive index, NaT for what is no such time: in UTC where `has_zone`, else as the clock that
    wrote it showed.
    """

    name: str
    has_zone: bool
    fits: Callable[[str], object]
    parse: Callable[[Sequence[str]], pd.DatetimeIndex]


def layouts_of(cell: str) -> list[TimeLayout]:
    """The layouts that a cell may be written in: none when it is no time, two when 01/02 may be a day of two months."""
    return [layout for layout in LAYOUTS if layout.fits(cell.strip())]


def named_layout(text: str) -> TimeLayout:
    """The layout that somebody names: one of ours by its name, or a format of strptime.

    Raises:
        ValueError: with a sentence, when it is neither.
    """
    known = {name: layout for layout in LAYOUTS for name in (layout.name, layout.name.removesuffix(":ss"))}
    if text in known:
        return known[text]
    if "%" in text:
        return _strptime_layout(text)
    near = get_close_matches(text, known, n=2, cutoff=0.4) or ["%d.%m.%Y %H:%M:%S"]
    raise ValueError(f"{text!r} is no time format. Write one of strptime, such as %d.%m.%Y %H:%M:%S, or {near[0]}.")


def _patterned(name: str, pattern: str) -> TimeLayout:
    compiled = re.compile(pattern, re.ASCII)

    def parse(cells: Sequence[str]) -> pd.DatetimeIndex:
        return _as_index([_normal(compiled.fullmatch(cell.strip())) for cell in cells], "ISO8601")

    return TimeLayout(name, "zone" in compiled.groupindex, compiled.fullmatch, parse)


def _as_index(cells: Sequence[str | None], written: str) -> pd.DatetimeIndex:
    return pd.to_datetime(cells, format=written, utc=True, errors="coerce").tz_localize(None).as_unit("us")


def _normal(found: re.Match[str] | None) -> str | None:
    if not found:
        return None
    part = found.groupdict()
    fraction, zone, hour = part.get("f"), part.get("zone") or "Z", part["h"]
    if half := part.get("half"):
        hour = f"{int(hour) % 12 + 12 * (half in 'Pp'):02}" if 1 <= int(hour) <= 12 else "99"
    seconds = (part["s"] or "00") + (f".{fraction}" if fraction else "")
    return f"{part['y']}-{part['mo']:0>2}-{part['d']:0>2}T{hour:0>2}:{part['mi']}:{seconds}{zone}"


def _year_first(name: str, mark: str, rest: str) -> TimeLayout:
    return _patterned(name, mark.join((r"(?P<y>\d{4})", r"(?P<mo>\d\d)", r"(?P<d>\d\d)")) + rest)


def _year_last(name: str, mark: str, *parts: str) -> TimeLayout:
    date = re.escape(mark).join((*(rf"(?P<{part}>\d\d?)" for part in parts), r"(?P<y>\d{4})"))
    return _patterned(name, f"{date}[ T]{_SHORT_CLOCK_TIME}")


def _since_1970(name: str, digits: int, microseconds: int) -> TimeLayout:
    pattern = re.compile(rf"\d{{{digits}}}(\.\d+)?", re.ASCII)

    def parse(cells: Sequence[str]) -> pd.DatetimeIndex:
        numbers = pd.Series([cell.strip() if pattern.fullmatch(cell.strip()) else None for cell in cells], dtype="str")
        counted = (pd.to_numeric(numbers).astype("float64") * microseconds).round()
        return pd.DatetimeIndex(pd.to_datetime(counted, unit="us", errors="coerce")).as_unit("us")

    return TimeLayout(name, True, pattern.fullmatch, parse)


def _strptime_layout(written: str) -> TimeLayout:
    zoned = "%z" in written
    try:
        probe = datetime.strptime(_PROBE.strftime(written), written).replace(tzinfo=UTC)
    except (ValueError, re.error) as error:
        raise ValueError(f"{written!r} is no format that strptime can read: {error}.") from error
    if probe != _PROBE:
        raise ValueError(f"{written!r} does not say year, month, day, hour and minute of a time.")

    def parse(cells: Sequence[str]) -> pd.DatetimeIndex:
        return _as_index([cell.strip() for cell in cells], written)

    return TimeLayout(written, zoned, lambda cell: not parse([cell]).isna()[0], parse)


LAYOUTS = (
    *(
        _year_first(f"yyyy{mark}MM{mark}dd{between}HH:mm:ss", mark, between + _CLOCK_TIME)
        for mark in ("-", "/", "", " ")
        for between in ("T", " ", *("-" if mark == "-" else ""))
    ),
    _year_first("yyyyMMddHHmmss", "", r"(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?"),
    _year_first("yyyy-MM-dd-HH-mm-ss", "-", r"-(?P<h>\d\d)-(?P<mi>\d\d)-(?P<s>\d\d)"),
    *(
        _year_first(f"yyyy-MM-dd{between}HH:mm:ss with a zone", "-", f"{between}{_CLOCK_TIME} ?{_ZONE}")
        for between in ("T", " ")
    ),
    _year_first("yyyyMMddTHHmmss with a zone", "", rf"T(?P<h>\d\d)(?P<mi>\d\d)(?P<s>\d\d)?{_ZONE}"),
    _year_last("dd.MM.yyyy HH:mm:ss", ".", "d", "mo"),  # nobody writes the month before the day with dots
    *(
        _year_last(name, mark, *parts)
        for mark in ("/", "-")
        for name, parts in (
            (f"dd{mark}MM{mark}yyyy HH:mm:ss", ("d", "mo")),
            (f"MM{mark}dd{mark}yyyy HH:mm:ss", ("mo", "d")),
        )
    ),
    _since_1970("epoch seconds", 10, 1_000_000),
    _since_1970("epoch milliseconds", 13, 1_000),
)
