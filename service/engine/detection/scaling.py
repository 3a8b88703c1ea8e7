"""Bring every sensor to zero in the middle and about one in spread, whatever its unit."""

from dataclasses import dataclass

import numpy as np

QUARTILES, TAILS = 1.349, 4.652  # how far apart they lie in a normal distribution, in standard deviations
FLAT = 1e-8  # a spread below this share of the level is rounding, not movement
SEEN_ENOUGH = 0.5  # a sensor must have been read in this share of the training rows
HUGE = 1e150  # its square is still a number
LARGEST = 1e4  # spreads; beyond it a reading is as strange as it can be, and squares stay finite


@dataclass(frozen=True, eq=False)
class Scaling:
    """The sensors that moved in training (columns), with their middle and spread; each of shape [m], m <= k."""

    columns: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled values of the moving sensors, shape [n, m]; NaN where nothing usable was read."""
        scaled = (_usable(values[:, self.columns]) - self.centre) / self.spread
        return np.clip(scaled, -LARGEST, LARGEST)


def learn_scaling(values: np.ndarray) -> Scaling:
    """Learn middle and spread from training values [n, k].

    Both are robust (median, quantiles), so a few wild readings do not matter. A sensor that rests nearly all the time
    has no such spread: its standard deviation is taken. One that never moves, or was hardly ever read, is left out:
    there is no scale to judge it by.
    """
    columns = np.flatnonzero(np.isfinite(values).mean(axis=0) >= SEEN_ENOUGH)
    if not len(columns):
        return Scaling(columns, np.empty(0), np.empty(0))
    finite = _usable(values[:, columns])
    lowest, low, centre, high, highest = np.nanpercentile(finite, [1, 25, 50, 75, 99], axis=0)
    robust = np.maximum((high - low) / QUARTILES, 0.3 * (highest - lowest) / TAILS)
    spread = np.where(robust > 0, robust, np.nanstd(finite, axis=0))
    moves = spread > FLAT * np.maximum(np.abs(centre), np.finfo(float).tiny)
    return Scaling(columns[moves], centre[moves], spread[moves])


def _usable(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.clip(values, -HUGE, HUGE), np.nan)
