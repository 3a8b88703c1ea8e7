"""Bring every sensor to zero in the middle and about one in spread, whatever its unit."""

from dataclasses import dataclass

import numpy as np

IQR_OF_A_NORMAL = 1.349
FLAT = 1e-8  # a spread below this share of the level is rounding, not movement
SEEN_ENOUGH = 0.5  # a sensor must have been read in this share of the training rows
LARGEST = 1e4  # spreads; beyond it a reading is as strange as it can be, and squares stay finite


@dataclass(frozen=True, eq=False)
class Scaling:
    """The sensors that moved in training (columns), with their middle and spread; each of shape [m], m <= k."""

    columns: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled values of the moving sensors, shape [n, m]; NaN where nothing usable was read."""
        chosen = values[:, self.columns]
        scaled = (np.where(np.isfinite(chosen), chosen, np.nan) - self.centre) / self.spread
        return np.clip(scaled, -LARGEST, LARGEST)


def learn_scaling(values: np.ndarray) -> Scaling:
    """Learn middle and spread from training values [n, k].

    Both are robust (median, interquartile range), so a few wild readings do not matter. A sensor that rests most of the
    time has no interquartile range: its standard deviation is taken. One that never moves, or was hardly ever read, is
    left out: there is no scale to judge it by.
    """
    columns = np.flatnonzero(np.isfinite(values).mean(axis=0) >= SEEN_ENOUGH)
    finite = np.where(np.isfinite(values[:, columns]), values[:, columns], np.nan)
    low, centre, high = np.nanpercentile(finite, [25, 50, 75], axis=0)
    deviation = np.nanstd(finite, axis=0)
    robust = (high - low) / IQR_OF_A_NORMAL
    spread = np.where(robust > 0.1 * deviation, robust, deviation)
    moves = spread > FLAT * np.maximum(np.abs(centre), np.finfo(float).tiny)
    return Scaling(columns[moves], centre[moves], spread[moves])
