"""Sensors that show one value for longer than they ever did in training."""

import numpy as np

from service.engine.detection.rests import rows_at_rest

PATIENCE = 2  # times the longest rest in training
SHORTEST = 15  # rows of one value that are never too many


def stuck_ratios(values: np.ndarray, history: np.ndarray, longest_rest: np.ndarray, rows_known: int) -> np.ndarray:
    """Rows at rest over rows allowed, squared, for each cell of values [n, k]; above 1 a sensor is stuck.

    0 for sensors that may rest so long that `rows_known` rows could not tell.
    """
    allowed = np.maximum(PATIENCE * longest_rest, SHORTEST)
    return np.where(allowed < rows_known, np.minimum(rows_at_rest(values), history[:, None]) / allowed, 0.0) ** 2
