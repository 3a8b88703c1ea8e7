"""Rows in any order, more of them than memory holds, brought into time order: sorted runs on disk that are merged.

Rows are taken in until they fill a run; the run is sorted and written away. At the end all runs are merged piece by
piece: the next piece reaches up to the time at which all runs together have as many rows as a piece may.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from service.engine.work.frames.alignment import in_time_order

RUN_CELLS = 4_000_000  # rows x sensors held in memory before they are sorted and written


@dataclass(frozen=True, eq=False)
class Rows:
    """times: datetime64[ns] [n]; values: float64 [n, k]."""

    times: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.times)

    def until(self, end: int) -> "Rows":
        return Rows(self.times[:end], self.values[:end])

    def beyond(self, start: int) -> "Rows":
        return Rows(self.times[start:], self.values[start:])


@dataclass(eq=False)
class SortedRuns:
    """Takes rows in, and gives them back in time order. `folder` is for runs that memory has no room for."""

    folder: Path
    run_cells: int = RUN_CELLS
    _taken: list[Rows] = field(default_factory=list)
    _runs: list[Rows] = field(default_factory=list)
    _written: int = 0

    def take(self, rows: Rows) -> None:
        """Take rows in any order; those without a time (NaT) are left out."""
        self._taken.append(rows)
        if sum(taken.values.size for taken in self._taken) >= self.run_cells:
            self.end_run()

    def end_run(self) -> None:
        """Sort and write what is in memory, so that `forget` can part what comes after from what was there."""
        if self._taken:
            self._runs.append(self._on_disk(_sorted(self._taken)))
            self._taken.clear()

    @property
    def runs(self) -> int:
        return len(self._runs)

    def forget(self, runs: int) -> None:
        """Forget everything beyond the first so many runs."""
        del self._runs[runs:]
        self._taken.clear()

    def merged(self, cells: int) -> Iterator[Rows]:
        """All rows in ascending time, each time once, in pieces of about so many cells; the row taken last stays."""
        left = [*self._runs, *([_sorted(self._taken)] if self._taken else [])]
        while left := [run for run in left if len(run)]:
            cut = _cut([run.times.view(np.int64) for run in left], max(cells // left[0].values.shape[1], 1))
            ends = [int(np.searchsorted(run.times.view(np.int64), cut, side="right")) for run in left]
            yield _sorted([run.until(end) for run, end in zip(left, ends, strict=True)])
            left = [run.beyond(end) for run, end in zip(left, ends, strict=True)]

    def _on_disk(self, run: Rows) -> Rows:
        self._written += 1
        return Rows(*(self._mapped(f"{self._written}-{name}", getattr(run, name)) for name in ("times", "values")))

    def _mapped(self, name: str, array: np.ndarray) -> np.ndarray:
        path = self.folder / f"{name}.npy"
        np.save(path, array)
        return np.load(path, mmap_mode="r")


def _sorted(parts: Sequence[Rows]) -> Rows:
    width = parts[0].values.shape[1]
    ordered = in_time_order(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.values for part in parts]),
        tuple(map(str, range(width))),
    )
    return Rows(ordered.times, ordered.values)


def _cut(runs: Sequence[np.ndarray], rows: int) -> int:
    """The latest time up to which all runs (times [n] as int64) have at most `rows` rows; the first time at least."""
    low, high = min(int(times[0]) for times in runs), max(int(times[-1]) for times in runs)
    if sum(map(len, runs)) <= rows:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if sum(int(np.searchsorted(times, middle, side="right")) for times in runs) <= rows:
            low = middle
        else:
            high = middle - 1
    return low
