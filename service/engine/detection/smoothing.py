"""Means over the last rows, so that one odd row does not decide."""

import numpy as np


def trailing_means(values: np.ndarray, before: np.ndarray, rows: int) -> np.ndarray:
    """The mean of each value [n, ...] and up to `rows` - 1 before it, of which there are `before` [n] to take."""
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
    last = np.arange(len(values)) + 1
    first = last - 1 - np.minimum(np.minimum(before, rows - 1), last - 1)
    return ((sums[last] - sums[first]).T / (last - first)).T
