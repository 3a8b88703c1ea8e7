"""What is worth a look in the order of a file's rows, though nothing of it is wrong: repeated times, steps back, gaps,
rows without values. Counted over the whole file; the first few of each kind are kept with their row."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from service.facade.domain.uploads import Finding
from service.facade.sensordata.cells import Readings

DUPLICATE, OUT_OF_ORDER, GAP, EMPTY_ROW = "duplicate_timestamp", "out_of_order", "gap", "empty_row"
_LISTED = 5
_GAP = 1.5  # usual intervals between two rows: one row is missing
_SECOND = np.timedelta64(1, "s")


@dataclass
class Series:
    """The times of a wide table, or of one tag of a long one: the last so far, and `usual`, the median interval of the
    first chunk, None where there is no interval."""

    usual: np.timedelta64 | None = None
    last: np.ndarray = field(default_factory=lambda: np.empty(0, "datetime64[us]"))

    def steps_to(self, times: np.ndarray) -> np.ndarray:
        """From each row to the next, the last of the chunk before included."""
        steps = np.diff(np.concatenate((self.last, times)))
        forward = steps[steps > np.timedelta64(0)]
        if self.usual is None and len(forward):
            self.usual = np.median(forward.astype("int64")).astype("timedelta64[us]")
        return steps


@dataclass
class RowOrder:
    """Fed with a file chunk by chunk. In a long table every tag is a series of its own."""

    series: dict[int, Series] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    listed: list[Finding] = field(default_factory=list)

    def add(self, readings: Readings) -> None:
        empty = np.isnan(readings.values[:, 1:]).all(axis=1)
        if readings.tags is None:
            self._add(self.series.setdefault(0, Series()), readings.rows, readings.times, empty)
            return
        for tag in np.unique(readings.tags[readings.tags > 0]):
            mine = readings.tags == tag
            series = self.series.setdefault(int(tag), Series())
            self._add(series, readings.rows[mine], readings.times[mine], empty[mine])

    def _add(self, series: Series, rows: np.ndarray, times: np.ndarray, empty: np.ndarray) -> None:
        steps = series.steps_to(times)
        begin = len(rows) - len(steps)  # the very first row of a file has none before it
        # Repeated within this chunk, or the last of the chunk before: in a file in order of time that is all of them.
        repeated = pd.Series(np.concatenate((series.last, times))).duplicated().to_numpy()[len(series.last) :]
        self._note(EMPTY_ROW, np.flatnonzero(empty), rows, times)
        self._note(DUPLICATE, np.flatnonzero(repeated), rows, times)
        self._note(OUT_OF_ORDER, np.flatnonzero(steps < np.timedelta64(0)) + begin, rows, times, -steps, begin)
        if series.usual is not None:
            self._note(GAP, np.flatnonzero(steps > _GAP * series.usual) + begin, rows, times, steps, begin)
        series.last = times[-1:]

    def _note(
        self,
        kind: str,
        places: np.ndarray,
        rows: np.ndarray,
        times: np.ndarray,
        steps: np.ndarray | None = None,
        begin: int = 0,
    ) -> None:
        for at in places[: max(0, _LISTED - self.counts[kind])]:
            seconds = None if steps is None else float(steps[at - begin] / _SECOND)
            self.listed.append(Finding(kind=kind, row=int(rows[at]), timestamp=instant(times[at]), seconds=seconds))
        self.counts[kind] += len(places)

    @property
    def usual_seconds(self) -> float | None:
        """Of the first series."""
        usual = next((series.usual for series in self.series.values()), None)
        return None if usual is None else float(usual / _SECOND)


def instant(time: np.datetime64) -> datetime:
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
