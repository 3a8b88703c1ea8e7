"""How anomalous each row is, and which sensors say so."""

from dataclasses import dataclass

import numpy as np

ANOMALOUS_ABOVE = 0.5
_LIMIT = 1e5  # ratio to the threshold from which on the score no longer grows


@dataclass(frozen=True, eq=False)
class Scores:
    """times [n]; score [n] in 0..1, anomalous above 0.5; contributions [n, k], no negative ones, each row sums to 1.

    longest_pause: a longer one between two rows separates them, for history and for events.
    """

    times: np.ndarray
    sensors: tuple[str, ...]
    score: np.ndarray
    contributions: np.ndarray
    longest_pause: np.timedelta64

    def __len__(self) -> int:
        return len(self.times)

    @property
    def anomalous(self) -> np.ndarray:
        """Which rows are anomalous; mask [n]."""
        return self.score > ANOMALOUS_ABOVE


def squashed(ratio: np.ndarray) -> np.ndarray:
    """Squared distance over threshold, from 0 up, as a score: 1 becomes 0.5, 9 becomes 0.9, never 1 itself."""
    bounded = np.clip(ratio, 0.0, _LIMIT)
    return bounded / (1.0 + bounded)


def shares(amounts: np.ndarray) -> np.ndarray:
    """Rows of amounts [n, k], none negative, as rows that sum to 1. A row of zeros is shared out evenly."""
    totals = amounts.sum(axis=1, keepdims=True)
    even = np.full_like(amounts, 1.0 / amounts.shape[1])
    return np.divide(amounts, totals, out=even, where=totals > 0)


def rounded_shares(contributions: np.ndarray, decimals: int = 5) -> np.ndarray:
    """Contributions [n, k] with so many decimals that still sum to 1 exactly: the largest remainders are rounded up."""
    whole = 10**decimals
    exact = contributions * whole
    units = np.floor(exact)
    lacking = np.rint(whole - units.sum(axis=1)).astype(int)
    rank = np.argsort(np.argsort(units - exact, axis=1, kind="stable"), axis=1, kind="stable")
    units += rank < lacking[:, None]
    return units / whole
