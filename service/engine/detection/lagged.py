"""Products of rows with the rows before them: all that is needed to know how sensors move together over time.

The table in which every row carries the rows before it, lag after lag, is never made. Its covariance is built of one
[m, m] block per lag, and these blocks merge over chunks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np


@dataclass(frozen=True, eq=False)
class LaggedMoments:
    """Statistics of rows [n, m] and of the rows up to L - 1 before them. ``a + b`` is what both give together.

    counts [L]: pairs of rows so far apart without a pause between them; sums [m]; products [L, m, m].
    """

    counts: np.ndarray
    sums: np.ndarray
    products: np.ndarray

    def __add__(self, other: "LaggedMoments") -> "LaggedMoments":
        return LaggedMoments(self.counts + other.counts, self.sums + other.sums, self.products + other.products)

    @property
    def mean(self) -> np.ndarray:
        return self.sums / self.counts[0]

    def covariance(self, rows: int = 1, around: np.ndarray | None = None) -> np.ndarray:
        """Mean product of deviations from the mean, or from `around`, for means over so many rows beside those before.

        Shape [2m, 2m], as `paired_means` gives them; [m, m] for rows = 0, which is the row alone.
        """
        away = np.tile(self.mean - (self.mean if around is None else around), 2 if rows else 1)
        if not rows:
            return self._shifted(0) + np.outer(away, away)
        now, before = self._of_means(rows, 0), self._of_means(rows, rows)
        return np.block([[now, before], [before.T, now]]) + np.outer(away, away)

    def embedded(self, lags: int) -> np.ndarray:
        """Covariance of the rows beside the `lags` - 1 rows before them; shape [lags m, lags m], newest row first."""
        size = len(self.sums)
        shifted = [self._shifted(lag) for lag in range(lags)]
        whole = np.empty((lags, size, lags, size))
        for row in range(lags):
            for column in range(lags):
                apart = column - row
                whole[row, :, column, :] = shifted[apart] if apart >= 0 else shifted[-apart].T
        return whole.reshape(lags * size, lags * size)

    def _of_means(self, rows: int, apart: int) -> np.ndarray:
        """Covariance of means over so many rows with those that many rows apart; shape [m, m]."""
        total = np.zeros_like(self.products[0])
        for lag in range(apart - rows + 1, apart + rows):
            shifted = self._shifted(lag) if lag >= 0 else self._shifted(-lag).T
            total += (rows - abs(lag - apart)) * shifted
        return total / rows**2

    def _shifted(self, lag: int) -> np.ndarray:
        """Covariance of the rows with those `lag` rows before them; shape [m, m]."""
        return self.products[lag] / max(self.counts[lag], 1) - np.outer(self.mean, self.mean)


def lagged_moments(rows: np.ndarray, history: np.ndarray, start: int, stop: int, lags: int) -> LaggedMoments:
    """Moments of rows[start:stop] with the rows before them.

    Args:
        rows: shape [n, m], no NaN; rows before `start` only serve as history.
        history: rows that precede each row without a pause, shape [n].
    """
    counts, products = np.zeros(lags), np.zeros((lags, rows.shape[1], rows.shape[1]))
    narrow = rows.astype(np.float32)
    for lag in range(lags):
        first = max(start, lag)
        near = history[first:stop] >= lag
        counts[lag] = near.sum()
        now, before = (rows, rows) if lag == 0 else (narrow, narrow)
        earlier = before[first - lag : max(stop - lag, 0)]
        products[lag] = now[first:stop].T @ (earlier if near.all() else np.where(near[:, None], earlier, 0))
    return LaggedMoments(counts, rows[start:stop].sum(axis=0), products)


def merged(blocks: Iterable[LaggedMoments]) -> LaggedMoments:
    """The moments of all blocks together."""
    return reduce(add, blocks)


def held_back_in_turn(blocks: list[LaggedMoments]) -> list[list[LaggedMoments]]:
    """For each block the list of all others; itself where there is no other."""
    return [[*blocks[:number], *blocks[number + 1 :]] or blocks for number in range(len(blocks))]


def wander(blocks: list[LaggedMoments]) -> np.ndarray:
    """Covariance of the means of the blocks: how far normal itself moved from one block of time to the next; [m, m]."""
    means = np.array([block.mean for block in blocks])
    deviations = means - means.mean(axis=0)
    return deviations.T @ deviations / max(len(blocks) - 1, 1)
