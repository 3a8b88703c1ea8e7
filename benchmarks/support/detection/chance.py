"""What any method must beat."""

import numpy as np

from support.detection.cases import Learnt, Table, no_shares

HALF = 0.5


def random(training: Table) -> Learnt:
    """Even numbers from 0 to 1; the upper half is an alarm."""
    rng = np.random.default_rng(len(training))
    return Learnt(lambda case: _without_shares(rng.random(len(case.series))), lambda: HALF)


def always(training: Table) -> Learnt:
    """The same high score for every row."""
    return Learnt(lambda case: _without_shares(np.ones(len(case.series))), lambda: HALF)


def _without_shares(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return score, no_shares(score)
