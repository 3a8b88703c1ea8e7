"""Text -> instants, for every timestamp layout the service accepts (AWS user guide, formatting your data).

Dates as yyyy-MM-dd, yyyy/MM/dd, yyyyMMdd or yyyy MM dd; then T, a space or (after hyphens) a hyphen; then HH:mm or
HH:mm:ss, with a fraction if there is one; also all digits, and yyyy-MM-dd-HH-mm-ss. Times are UTC. Beyond the
guide, a zone at the end (`Z`, `+01:00`) is understood rather than refused, because it leaves no doubt.
"""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

NOT_A_TIME = np.datetime64("NaT", "ns")
# What nanoseconds since 1970 in 64 bits can hold, with a margin.
_EARLIEST, _LATEST = np.datetime64("1700-01-01", "us"), np.datetime64("2250-01-01", "us")

_DATES = {
    r"\d{4}-\d\d-\d\d": "%Y-%m-%d",
    r"\d{4}/\d\d/\d\d": "%Y/%m/%d",
    r"\d{8}": "%Y%m%d",
    r"\d{4} \d\d \d\d": "%Y %m %d",
}
_TIMES = {r"\d\d:\d\d:\d\d": "%H:%M:%S", r"\d\d:\d\d:\d\d\.\d{1,9}": "%H:%M:%S.%f", r"\d\d:\d\d": "%H:%M"}
_ZONES = {"": "", r"(Z|[+-]\d\d:?\d\d)": "%z"}
_DIGITS = {r"\d{12}": "%Y%m%d%H%M", r"\d{14}": "%Y%m%d%H%M%S", r"\d{4}(-\d\d){5}": "%Y-%m-%d-%H-%M-%S"}


def _layouts() -> Iterator[tuple[re.Pattern, str]]:
    for (date, date_layout), (time, time_layout), (zone, zone_layout) in product(
        _DATES.items(), _TIMES.items(), _ZONES.items()
    ):
        for separator in ("T", " ", "-") if date_layout == "%Y-%m-%d" else ("T", " "):
            shape = re.compile(date + separator + time + zone, re.ASCII)
            yield shape, date_layout + separator + time_layout + zone_layout
    for digits, layout in _DIGITS.items():
        yield re.compile(digits, re.ASCII), layout


_LAYOUTS = tuple(_layouts())
_ISO = {f"%Y-%m-%d{separator}{time}" for separator in "T " for time in _TIMES.values()}
_FEW = 500


def parse_times(texts: np.ndarray) -> np.ndarray:
    """Instants of an array of texts, as datetime64[ns] in UTC; NaT where a text fits no layout.

    Layouts may be mixed within one column: each round takes the layout of the first text not yet understood and
    parses everything that follows it.
    """
    times = np.full(len(texts), NOT_A_TIME)
    open_rows = np.arange(len(texts))
    while len(open_rows):
        found = _layout_of(texts[open_rows[0]])
        if found is None:
            open_rows = open_rows[1:]
            continue
        parsed = _parse(texts[open_rows], *found)
        times[open_rows] = parsed
        understood = ~np.isnat(parsed)
        understood[0] = True  # a text with the shape of its layout but no date (month 13) is done with as well
        open_rows = open_rows[~understood]
    return times


def _layout_of(text: object) -> tuple[re.Pattern, str] | None:
    if not isinstance(text, str):
        return None
    return next(((shape, layout) for shape, layout in _LAYOUTS if shape.fullmatch(text)), None)


def _parse(texts: np.ndarray, shape: re.Pattern, layout: str) -> np.ndarray:
    times = _parse_few(texts, shape, layout) if len(texts) <= _FEW else None
    if times is None:
        index = pd.to_datetime(pd.Index(texts, dtype=object), format=layout, errors="coerce", utc=True)
        times = index.tz_localize(None).to_numpy().astype("datetime64[us]")
    in_reach = (times > _EARLIEST) & (times < _LATEST)
    return np.where(in_reach, times, np.datetime64("NaT", "us")).astype("datetime64[ns]")


def _parse_few(texts: np.ndarray, shape: re.Pattern, layout: str) -> np.ndarray | None:
    """The short way for the common case, a few ISO times without a zone; None where it is not open."""
    if layout not in _ISO or not all(isinstance(text, str) and shape.fullmatch(text) for text in texts):
        return None
    try:
        return texts.astype("datetime64[us]")
    except ValueError:
        return None
