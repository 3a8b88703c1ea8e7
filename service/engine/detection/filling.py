"""Replace what is missing in a row by what the other sensors make most likely."""

import numpy as np


def filled(deviations: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Deviations from the mean [n, m] without NaN. A row of nothing but NaN becomes the mean."""
    missing = np.isnan(deviations)
    gappy = np.flatnonzero(missing.any(axis=1))
    if not len(gappy):
        return deviations
    whole = deviations.copy()
    patterns, which = np.unique(missing[gappy], axis=0, return_inverse=True)
    for number, gone in enumerate(patterns):
        rows = gappy[which == number]
        weights = np.linalg.solve(precision[gone][:, gone], precision[gone][:, ~gone])
        whole[np.ix_(rows, gone)] = -deviations[np.ix_(rows, ~gone)] @ weights.T
    return whole
