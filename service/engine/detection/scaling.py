"""Bring every sensor to zero in the middle and about one in spread, whatever its unit."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.numbers import Numbers

QUARTILES, TAILS = 1.349, 4.652  # how far apart they lie in a normal distribution, in standard deviations
FLAT = 1e-8  # a spread below this share of the level is rounding, not movement
SEEN_ENOUGH = 0.5  # a sensor must have been read in this share of the training rows
WILD = 15.0  # robust spreads; further out a reading counts as this far when the scale is learnt
USUAL = (0.001, 0.999)  # quantiles of training between which readings are usual, and half a spread beyond
HUGE = 1e150  # its square is still a number
LARGEST = 1e4  # spreads; beyond it a reading is as strange as it can be, and squares stay finite


@dataclass(frozen=True, eq=False)
class Scaling:
    """The sensors that moved in training.

    columns: their places among all k sensors, shape [m], m <= k; centre, spread: their mean and standard deviation;
    lowest, highest: the range of each of all k sensors in training, NaN where it was never read or is left out.
    """

    columns: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled values of the moving sensors, shape [n, m]; NaN where nothing usable was read."""
        scaled = (usable(values[:, self.columns]) - self.centre) / self.spread
        return np.clip(scaled, -LARGEST, LARGEST)

    def without(self, places: np.ndarray) -> "Scaling":
        """The scaling of the other sensors, if any of them moves; `places` are among all k."""
        kept = ~np.isin(self.columns, places)
        if kept.all() or not kept.any():
            return self
        lowest, highest = self.lowest.copy(), self.highest.copy()
        lowest[places] = highest[places] = np.nan
        return Scaling(self.columns[kept], self.centre[kept], self.spread[kept], lowest, highest)

    def numbers(self) -> Numbers:
        """The scaling as arrays."""
        return {name: getattr(self, name) for name in ("columns", "centre", "spread", "lowest", "highest")}

    @classmethod
    def of(cls, numbers: Numbers) -> "Scaling":
        """The scaling that these arrays hold, among others."""
        return cls(*(numbers[name] for name in ("columns", "centre", "spread", "lowest", "highest")))


def learn_scaling(values: np.ndarray) -> Scaling:
    """Learn the scale of each sensor from training values [n, k].

    Mean and standard deviation, after readings far from the median were brought nearer, so a few wild ones do not
    matter; what far is comes from quantiles, or from all readings of a sensor that rests nearly all the time. A robust
    spread itself would be worse: a sensor that drifts in training has to be taken for one that drifts. One that never
    moves, or was hardly ever read, is left out: there is no scale to judge it by.
    """
    seen = np.isfinite(values).mean(axis=0) if len(values) else np.zeros(values.shape[1])
    lowest, highest = _range(values, seen)
    columns = np.flatnonzero(seen >= SEEN_ENOUGH)
    finite = usable(values[:, columns])
    if not len(columns):
        return Scaling(columns, np.empty(0), np.empty(0), lowest, highest)
    low_tail, low, middle, high, high_tail = np.nanpercentile(finite, [1, 25, 50, 75, 99], axis=0)
    robust = np.maximum((high - low) / QUARTILES, 0.3 * (high_tail - low_tail) / TAILS)
    reach = WILD * np.where(robust > 0, robust, np.nanstd(finite, axis=0))
    tamed = np.clip(finite, middle - reach, middle + reach)
    centre, spread = np.nanmean(tamed, axis=0), np.nanstd(tamed, axis=0)
    moves = spread > FLAT * np.maximum(np.abs(centre), np.finfo(float).tiny)
    usual = np.full((2, values.shape[1]), np.nan)
    usual[:] = lowest, highest
    usual[:, columns] += np.outer([-0.5, 0.5], np.where(moves, spread, 0.0))
    return Scaling(columns[moves], centre[moves], spread[moves], *usual)


def _range(values: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Usual lowest and highest reading of each sensor [k]."""
    ends = np.full((2, values.shape[1]), np.nan)
    read = seen > 0
    if read.any():
        ends[:, read] = np.nanquantile(usable(values[:, read]), USUAL, axis=0)
    return ends[0], ends[1]


def usable(values: np.ndarray) -> np.ndarray:
    """The values, not larger than numbers that can be squared; NaN where nothing was read."""
    return np.where(np.isfinite(values), np.clip(values, -HUGE, HUGE), np.nan)
