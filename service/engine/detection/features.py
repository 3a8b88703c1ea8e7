"""What a horizon sees of the rows up to now: the mean of the last rows, and the mean of as many rows before them."""

import numpy as np


def lagged_means(values: np.ndarray, history: np.ndarray, horizon: int) -> np.ndarray:
    """Means of the last `horizon` rows beside means of the `horizon` rows before those; only the past is used.

    Args:
        values: shape [n, m], no NaN where `horizon` is above 1.
        history: rows that precede each row without a pause, shape [n].
        horizon: rows in a mean; 1 gives the row itself beside the row before it.

    Returns:
        Shape [n, 2m]; NaN where the history does not reach back far enough.
    """
    means = values if horizon == 1 else _trailing_means(values, horizon)
    now = np.where((history >= horizon - 1)[:, None], means, np.nan)
    before = np.full_like(means, np.nan)
    before[horizon:] = means[:-horizon]
    before[history < 2 * horizon - 1] = np.nan
    return np.hstack([now, before])


def _trailing_means(values: np.ndarray, horizon: int) -> np.ndarray:
    sums = np.cumsum(values, axis=0)
    sums[horizon:] -= sums[:-horizon].copy()
    return sums / horizon
