"""Count, sum and products of feature rows: all that a mean and a covariance need, and two of them can be merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np


@dataclass(frozen=True, eq=False)
class Moments:
    """Statistics of a block of rows. ``a + b`` is what both give together: no two need be in memory at once."""

    count: int
    sums: np.ndarray  # [d]
    products: np.ndarray  # [d, d]

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.sums + other.sums, self.products + other.products)

    @property
    def mean(self) -> np.ndarray:
        return self.sums / self.count

    def covariance(self, around: np.ndarray | None = None) -> np.ndarray:
        """Mean product of deviations from the mean, or from the point `around`; shape [d, d]."""
        centre = self.mean if around is None else around
        cross = np.outer(self.mean, centre)
        return self.products / self.count - cross - cross.T + np.outer(centre, centre)


def moments_of(rows: np.ndarray) -> Moments:
    """Moments of rows [n, d]."""
    return Moments(len(rows), rows.sum(axis=0), rows.T @ rows)


def merged(blocks: Sequence[Moments]) -> Moments:
    """The moments of all blocks together."""
    return reduce(add, blocks)


def wander(blocks: Sequence[Moments]) -> np.ndarray:
    """Covariance of the means of the blocks: how far normal itself moved from one block of time to the next; [d, d]."""
    means = np.array([block.mean for block in blocks])
    deviations = means - means.mean(axis=0)
    return deviations.T @ deviations / max(len(blocks) - 1, 1)
