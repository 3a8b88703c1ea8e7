"""The peers from PyPI, with the configuration their authors made the default."""

import numpy as np
from aeon.anomaly_detection.series.distance_based import KMeansAD
from pyod.models.ecod import ECOD
from sklearn.ensemble import IsolationForest

from support.detection.cases import Learnt, Table
from support.detection.rule import LAGS, Scorer, learnt_by

SEED = 1


def isolation_forest(training: Table) -> Learnt:
    """Liu, Ting and Zhou (2008), scikit-learn's."""
    return learnt_by(_isolation_forest, training, lags=LAGS)


def ecod(training: Table) -> Learnt:
    """Empirical cumulative distributions (Li et al., 2022); it has no parameters.

    Single rows: it looks at every column by itself, so the rows before would only be the same columns again.
    """
    return learnt_by(_ecod, training, lags=1)


def k_means(training: Table) -> Learnt:
    """Distances of windows to k-means centres, all sensors together; a row's score is the mean of its windows."""
    return learnt_by(_k_means, training, lags=1)


def _isolation_forest(training: np.ndarray) -> Scorer:
    forest = IsolationForest(random_state=SEED, n_jobs=1).fit(training)
    return lambda rows: -forest.score_samples(rows)


def _ecod(training: np.ndarray) -> Scorer:
    return ECOD(n_jobs=1).fit(training).decision_function


def _k_means(training: np.ndarray) -> Scorer:
    detector = KMeansAD(window_size=LAGS, random_state=SEED).fit(training, axis=0)
    return lambda rows: detector.predict(rows, axis=0)
