"""What is left of rows when all that the machine usually does is taken away."""

import numpy as np


def left_over(directions: np.ndarray, deviations: np.ndarray, first: int) -> np.ndarray:
    """Squares of what the directions do not explain, summed over the lags, for each sensor of each row from `first`.

    Args:
        directions: shape [lags, m, r].
        deviations: rows as deviations from the mean, shape [n, m], no NaN; rows before the first count as zero, and
            what comes of them is for the caller to leave out.

    Returns:
        Shape [n - first, m].
    """
    lags, rows = len(directions), len(deviations) - first
    reach = lags - 1
    known = deviations[max(first - reach, 0) :]
    lacking = rows + reach - len(known)
    table = np.vstack([np.zeros((lacking, deviations.shape[1]), dtype=deviations.dtype), known]) if lacking else known
    behind = [table[reach - lag : reach - lag + rows] for lag in range(lags)]
    parts = sum(seen @ step for seen, step in zip(behind, directions, strict=True))
    return sum((seen - parts @ step.T) ** 2 for seen, step in zip(behind, directions, strict=True))
