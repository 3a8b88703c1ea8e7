"""Sensors that showed one value in all of training, and what it means when they no longer do."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.scaling import usable

NOISE = 1e-6  # of the value: a change by less may come of rounding on the way here
NOISE_AT_ZERO = 1e-9
LEAST = 1e-100  # what is smaller is zero


@dataclass(frozen=True, eq=False)
class Steady:
    """columns [c]: their places among all sensors; lowest, highest [c]: between these any value was seen."""

    columns: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray

    def ratios(self, values: np.ndarray) -> np.ndarray:
        """How strange each cell of values [n, k] is, 1 being the limit; 0 for sensors that are not steady, and gaps.

        Training says that a steady sensor stays, and nothing of how far it would go: so any change beyond rounding is
        strange, and ten times the change counts as one limit more.
        """
        read = usable(values[:, self.columns])
        away = np.fmax(self.lowest - read, read - self.highest)
        level = np.maximum(np.abs(self.lowest), np.abs(self.highest))
        noise = np.broadcast_to(np.where(level > LEAST, NOISE * level, NOISE_AT_ZERO), away.shape)
        moved = away > noise
        ratios, steady = np.zeros(values.shape), np.zeros(away.shape)
        steady[moved] = 1 + np.log10(away[moved]) - np.log10(noise[moved])
        ratios[:, self.columns] = steady
        return ratios
