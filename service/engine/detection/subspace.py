"""The few directions in which most of the variance lies."""

import numpy as np

SHARE = 0.8  # of the variance is taken for what the machine does; what is left has to stay small
MOST = 64  # directions; bounds the size of a model and the work of a score
SMALL = 600  # up to this dimension all directions are computed, beyond it only the leading ones
SPARE, ROUNDS = 8, 12  # of the iteration: more directions than are asked for, and how often they are turned


def leading_directions(covariance: np.ndarray) -> np.ndarray:
    """Leading eigenvectors of a covariance [d, d], shape [d, r]: those that hold 80 % of the variance, at most 64."""
    variances, directions = _spectrum(covariance)
    share = np.cumsum(np.maximum(variances, 0.0)) / max(np.trace(covariance), np.finfo(float).tiny)
    return directions[:, : min(int(np.searchsorted(share, SHARE)) + 1, MOST, directions.shape[1])]


def _spectrum(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest variances first, with their directions."""
    if len(covariance) <= SMALL:
        variances, directions = np.linalg.eigh(covariance)
        return variances[::-1], directions[:, ::-1]
    return _iterated(covariance)


def _iterated(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Subspace iteration from the same start every time, in single precision until the last turn."""
    narrow = covariance.astype(np.float32)
    turned = np.random.default_rng(0).normal(size=(len(covariance), MOST + SPARE)).astype(np.float32)
    for _ in range(ROUNDS):
        turned = np.linalg.qr(narrow @ turned)[0]
    basis = np.linalg.qr(turned.astype(np.float64))[0]
    variances, mixing = np.linalg.eigh(basis.T @ (covariance @ basis))
    return variances[::-1], basis @ mixing[:, ::-1]
