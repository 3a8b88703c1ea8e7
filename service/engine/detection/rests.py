"""How long a sensor has shown the very same value."""

import numpy as np


def rows_at_rest(values: np.ndarray) -> np.ndarray:
    """For each cell of values [n, k] how many rows directly before it show the same value; missing ones never do."""
    positions = np.arange(len(values))[:, None]
    moved = np.ones(values.shape, dtype=bool)
    moved[1:] = values[1:] != values[:-1]
    return positions - np.maximum.accumulate(np.where(moved, positions, 0), axis=0)
