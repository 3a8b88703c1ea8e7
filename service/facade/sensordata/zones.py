"""What a clock on the wall showed -> UTC.

Once a year an hour does not exist on such a clock, and once an hour comes twice. A time of the first kind is a fault.
Of the second kind the rows tell: as long as they ascend they belong to the first pass, and the one step back begins
the second. Where the rows of that hour show no such step, nobody can know, and the row is named.
"""

from dataclasses import dataclass
from datetime import timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd

from service.facade.domain.windows import parse_offset
from service.facade.sensordata.faults import Faults

_INSTEAD = "Write the times in UTC or with an offset, such as 2026-10-25T02:30:00+02:00."


def zone_named(name: str) -> tzinfo:
    """A zone of the IANA database, such as Europe/Berlin, or an offset such as +05:30.

    Raises:
        ValueError: with a sentence, when there is none of this name.
    """
    if name in _known_zones():
        return ZoneInfo(name)
    try:
        return timezone(parse_offset(name))
    except ValueError:
        said = f"{name!r} is no time zone. Write a name of the IANA database, such as Europe/Berlin, or an offset."
        raise ValueError(said) from None


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime", "Factory"})


@dataclass
class WallClock:
    """The clock that wrote one file. Feed it the rows in their order, then `close` it; what cannot be told is put into
    `faults`, at the column `column`."""

    zone: tzinfo
    faults: Faults
    column: str
    _before: np.datetime64 | None = None  # on the clock: the last time within the hour that comes twice
    _entered: int | None = None  # the row that entered it, until the step back is seen
    _second: bool = False

    def to_utc(self, shown: pd.DatetimeIndex, rows: np.ndarray) -> np.ndarray:
        """Times as the clock showed them, NaT for none -> datetime64[us] in UTC.

        Times that do not exist become NaT and are faults already.
        """
        first, second = self._localized(shown, True), self._localized(shown, False)
        self._refuse_missing(shown, rows, np.isnat(first) & ~shown.isna())
        twice = first != second
        twice &= ~np.isnat(first)
        if twice.any() or self._before is not None:
            self._choose(shown.to_numpy(), rows, twice, first, second)
        return first

    def close(self) -> None:
        """The file has ended."""
        self._leave()

    def _localized(self, shown: pd.DatetimeIndex, first_pass: bool) -> np.ndarray:
        flags = np.full(len(shown), first_pass)
        zoned = shown.tz_localize(self.zone, ambiguous=flags, nonexistent="NaT")
        return zoned.tz_convert("UTC").tz_localize(None).as_unit("us").to_numpy().copy()

    def _choose(
        self, shown: np.ndarray, rows: np.ndarray, twice: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> None:
        """Put the second pass into `first` where a row belongs to it."""
        for at in np.flatnonzero(twice | np.concatenate(([True], twice[:-1]))):  # and the row after each
            if twice[at]:
                self._step(shown[at], int(rows[at]))
                if self._second:
                    first[at] = second[at]
            elif not np.isnat(first[at]):
                self._leave()

    def _step(self, shown: np.datetime64, row: int) -> None:
        if self._before is None or shown - self._before > np.timedelta64(1, "D"):
            self._leave()
            self._entered = row
        elif shown <= self._before and not self._second:
            self._second, self._entered = True, None
        elif shown < self._before:
            said = (
                f"In {self.zone} the hour of {shown.item():%Y-%m-%d %H:%M} comes twice, and these rows do not ascend."
            )
            self.faults.add(f"{said} {_INSTEAD}", row=row, column=self.column)
        self._before = shown

    def _leave(self) -> None:
        if self._entered is not None and self._before is not None:
            said = f"{self._before.item():%Y-%m-%d %H:%M} comes twice in {self.zone}, and no row says which it is."
            self.faults.add(f"{said} {_INSTEAD}", row=self._entered, column=self.column)
        self._before, self._entered, self._second = None, None, False

    def _refuse_missing(self, shown: pd.DatetimeIndex, rows: np.ndarray, missing: np.ndarray) -> None:
        for at in np.flatnonzero(missing):
            said = f"{shown[at]:%Y-%m-%d %H:%M:%S} does not exist in {self.zone}: clocks go forward then. {_INSTEAD}"
            self.faults.add(said, row=int(rows[at]), column=self.column)
