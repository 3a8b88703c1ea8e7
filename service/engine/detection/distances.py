"""How far means over the last rows are from the mean of normal, along what normal leaves room for."""

import numpy as np

from service.engine.detection.smoothing import trailing_means


def paired_means(deviations: np.ndarray, history: np.ndarray, rows: int) -> np.ndarray:
    """Means of deviations [n, m] over the last `rows` rows beside those over the rows before them; shape [n, 2m].

    For rows = 0 the rows themselves, [n, m]. Where `reach` exceeds the history the numbers mean nothing.
    """
    if not rows:
        return deviations
    means = deviations if rows == 1 else trailing_means(deviations, history, rows)
    before = np.zeros_like(means)
    before[rows:] = means[:-rows]
    return np.hstack([means, before])


def reach(rows: int) -> int:
    """How many rows before a row its paired means need."""
    return max(2 * rows - 1, 0)


def squared_distances(precision: np.ndarray, deviations: np.ndarray, history: np.ndarray, rows: int) -> np.ndarray:
    """Squared Mahalanobis distance of the paired means; shape [n]."""
    means = paired_means(deviations, history, rows)
    return np.einsum("ij,ij->i", means @ precision, means)
