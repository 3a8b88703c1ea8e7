"""The time column of one file -> UTC.

The layout of a file's first rows holds for the whole file, because a table in which layouts change was glued together
from sources that may not share a clock; seconds and fractions may come and go. Times that say no zone are on the clock
of the zone that was given, and in UTC where none was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from service.facade.domain.mappings import ASSUMED, DETECTED, IN_FILE, ReadingRules
from service.facade.domain.uploads import TimeReading
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.layouts import EARLIEST, LATEST, LAYOUTS, TimeLayout, layouts_of, named_layout
from service.facade.sensordata.zones import WallClock, zone_named

_UTC = "UTC"
_EARLIEST, _LATEST = (np.datetime64(time.replace(tzinfo=None), "us") for time in (EARLIEST, LATEST))


@dataclass
class FileClock:
    """Reads the times of one file, chunk by chunk; what it took them for is in `reading`.

    `settle` False, for the mere beginning of a file, leaves open what the rows to come may tell.
    """

    rules: ReadingRules
    faults: Faults
    column: str
    settle: bool = True
    layout: TimeLayout | None = None
    reading: TimeReading | None = None
    _wall: WallClock | None = field(default=None, repr=False)

    def read(self, cells: pa.Array, rows: np.ndarray) -> np.ndarray:
        """Cells of the time column, text or timestamps -> datetime64[us] in UTC, NaT where there is a fault."""
        if pa.types.is_timestamp(cells.type):
            return self._within_reach(self._stamps(cells, rows), rows)
        if not (_is_text(cells.type) or _is_number(cells.type)):
            said = f"The time column {self.column!r} has the type {cells.type}. Store times as timestamps, or as text."
            raise unusable(said, file=self.faults.file, column=self.column)
        return self._within_reach(self._texts(_as_texts(cells), rows), rows)

    def close(self) -> None:
        """The file has ended."""
        if self._wall:
            self._wall.close()

    def _stamps(self, cells: pa.Array, rows: np.ndarray) -> np.ndarray:
        shown = pd.DatetimeIndex(cells.cast(pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False))
        for at in np.flatnonzero(shown.isna()):
            self.faults.add("The time is empty.", row=int(rows[at]), column=self.column)
        return self._in_utc(shown, rows, str(cells.type), IN_FILE, cells.type.tz)

    def _texts(self, cells: Sequence[str], rows: np.ndarray) -> np.ndarray:
        self.layout = self.layout or self._find_layout(cells)
        if self.layout is None:
            shown = pd.DatetimeIndex([pd.NaT] * len(cells)).as_unit("us")
        else:
            shown = self.layout.parse(cells)
        for at in np.flatnonzero(shown.isna()):
            said = what_is_wrong(cells[at], self.layout, given=self.rules.time_format is not None)
            self.faults.add(said, row=int(rows[at]), column=self.column, value=cells[at])
        if self.layout is None:
            return shown.to_numpy()
        origin = self.rules.time_format_from or DETECTED
        return self._in_utc(shown, rows, self.layout.name, origin, _UTC if self.layout.has_zone else None)

    def _find_layout(self, cells: Sequence[str]) -> TimeLayout | None:
        if self.rules.time_format:
            return named_layout(self.rules.time_format)
        candidates = next(filter(None, (layouts_of(cell) for cell in cells)), [])
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        return self._settled(cells, candidates)

    def _settled(self, cells: Sequence[str], candidates: list[TimeLayout]) -> TimeLayout:
        """Of layouts that differ in the order of day and month, the one that all cells can be."""
        read = [layout.parse(cells) for layout in candidates]
        wrong = [int(times.isna().sum()) for times in read]
        if wrong[0] == wrong[1] and not read[0].equals(read[1]) and self.settle:
            said = (
                f"{cells[0]!r} may have the day or the month first, and so may all {len(cells):,} rows looked "
                f"at. Say which: time_format={candidates[0].name} or time_format={candidates[1].name}."
            )
            raise unusable(said, file=self.faults.file, column=self.column, value=cells[0])
        return candidates[wrong.index(min(wrong))]

    def _in_utc(
        self, shown: pd.DatetimeIndex, rows: np.ndarray, layout: str, origin: str, own: str | None
    ) -> np.ndarray:
        zone = own or self.rules.time_zone or _UTC
        zone_from = IN_FILE if own else self.rules.time_zone_from or ASSUMED
        self.reading = TimeReading(
            time_format=layout, time_format_from=origin, time_zone=zone, time_zone_from=zone_from
        )
        if own or zone == _UTC:
            return shown.to_numpy()
        self._wall = self._wall or WallClock(zone_named(zone), self.faults, self.column)
        return self._wall.to_utc(shown, rows)

    def _within_reach(self, times: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """With NaT and a fault for times that no run could read: a clock that was never set, a unit mistaken."""
        far = (times < _EARLIEST) | (times >= _LATEST)
        for at in np.flatnonzero(far):
            said = f"The time {times[at].astype('datetime64[s]')} is far from now: nothing before 1700 or after 2249."
            self.faults.add(said, row=int(rows[at]), column=self.column)
        return np.where(far, np.datetime64("NaT"), times) if far.any() else times


def what_is_wrong(cell: str, layout: TimeLayout | None, *, given: bool = False) -> str:
    """Why a cell is not taken as a time, and what to write. `given` says that somebody named the layout."""
    own = layouts_of(cell)
    if not cell.strip():
        return "The time is empty."
    if layout is not None and layout not in LAYOUTS:
        return f"{cell!r} is not a time written as {layout.name}."
    if not own:
        return f"{cell!r} is not a time. Write it like 2026-01-31T13:05:00Z."
    if layout is not None and layout not in own and given:
        return f"{cell!r} is written as {own[0].name}, but the time format given is {layout.name}."
    if layout is not None and layout not in own:
        return f"{cell!r} is written as {own[0].name}, but the first row as {layout.name}. Write all rows alike."
    return f"{cell!r} does not exist in the calendar."


def _is_text(kind: pa.DataType) -> bool:
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_string_view(inner)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)


def _as_texts(cells: pa.Array) -> list[str]:
    """Text as it is; numbers, which count from 1970, as decimals."""
    if _is_text(cells.type):
        return pc.fill_null(cells.cast(pa.string()), "").to_pylist()
    return ["" if value is None else repr(value) for value in cells.to_pylist()]
