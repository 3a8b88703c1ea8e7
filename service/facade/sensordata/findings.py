"""What is worth a look in the order of a file's rows, though nothing of it is wrong: repeated times, steps back, gaps,
rows without values. Counted over the whole file; the first few of each kind are kept with their row."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from service.facade.domain.uploads import Finding

DUPLICATE, OUT_OF_ORDER, GAP, EMPTY_ROW = "duplicate_timestamp", "out_of_order", "gap", "empty_row"
_LISTED = 5
_GAP = 1.5  # usual intervals between two rows: one row is missing
_SECOND = np.timedelta64(1, "s")


@dataclass
class RowOrder:
    """Fed with a file chunk by chunk. `usual` is the median interval between rows of the first chunk, None in a file
    without intervals."""

    usual: np.timedelta64 | None = None
    counts: Counter[str] = field(default_factory=Counter)
    listed: list[Finding] = field(default_factory=list)
    _last: np.ndarray = field(default_factory=lambda: np.empty(0, "datetime64[us]"))

    def add(self, rows: np.ndarray, times: np.ndarray, empty: np.ndarray) -> None:
        """Row numbers, their times, and which of them have no value at all, each of shape (n,)."""
        seen = np.concatenate((self._last, times))
        steps = np.diff(seen)
        begin = len(rows) - len(steps)  # the very first row of a file has none before it
        self._look_at_intervals(steps)
        # Repeated within this chunk, or the last of the chunk before: in a file in order of time that is all of them.
        repeated = pd.Series(seen).duplicated().to_numpy()[len(self._last) :]
        self._note(EMPTY_ROW, np.flatnonzero(empty), rows, times)
        self._note(DUPLICATE, np.flatnonzero(repeated), rows, times)
        self._note(OUT_OF_ORDER, np.flatnonzero(steps < np.timedelta64(0)) + begin, rows, times, -steps, begin)
        if self.usual is not None:
            self._note(GAP, np.flatnonzero(steps > _GAP * self.usual) + begin, rows, times, steps, begin)
        self._last = times[-1:]

    def _look_at_intervals(self, steps: np.ndarray) -> None:
        forward = steps[steps > np.timedelta64(0)]
        if self.usual is None and len(forward):
            self.usual = np.median(forward.astype("int64")).astype("timedelta64[us]")

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
        return None if self.usual is None else float(self.usual / _SECOND)


def instant(time: np.datetime64) -> datetime:
    return time.astype("datetime64[us]").item().replace(tzinfo=UTC)
