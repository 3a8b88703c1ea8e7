"""Principal components with Hotelling's T2 and the residual Q, each over its 99 % quantile in training."""

from dataclasses import replace
from functools import partial

import numpy as np

from support.detection.cases import Learnt, Table
from support.detection.rule import LAGS, QUANTILE, Scorer, learnt_by

VARIANCE_KEPT = 0.9
TWICE = 2.0  # a distance of 1 is the 99 % quantile


def plain(training: Table) -> Learnt:
    """Single rows."""
    return learnt_by(fit, training, lags=1)


def lagged(training: Table) -> Learnt:
    """Each row with the nine before it."""
    return learnt_by(fit, training, lags=LAGS)


def lagged_twice(training: Table) -> Learnt:
    """The same with another threshold: twice the 99 % quantile of the rows it learnt from."""
    return replace(lagged(training), threshold=lambda: TWICE)


def fit(training: np.ndarray) -> Scorer:
    """A scorer: the worse of the two distances."""
    _, singular, directions = np.linalg.svd(training - training.mean(axis=0), full_matrices=False)
    kept = int(np.searchsorted(np.cumsum(singular**2) / np.sum(singular**2), VARIANCE_KEPT)) + 1
    distances = partial(_distances, training.mean(axis=0), directions[:kept], singular[:kept] ** 2 / len(training))
    usual = np.quantile(distances(training), QUANTILE, axis=0)
    return lambda rows: (distances(rows) / usual).max(axis=1)


def _distances(centre: np.ndarray, directions: np.ndarray, variances: np.ndarray, rows: np.ndarray) -> np.ndarray:
    parts = (rows - centre) @ directions.T
    residual = rows - centre - parts @ directions
    return np.column_stack([(parts**2 / variances).sum(axis=1), (residual**2).sum(axis=1)])
