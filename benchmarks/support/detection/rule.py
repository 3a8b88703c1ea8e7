"""How every peer is prepared and where its threshold lies: one declared way for all of them, and for all data.

Sensors that do not move in training are left out; the others are scaled to mean 0 and variance 1 there, a missing value
is the mean. A method without a memory is shown each row with the nine rows before it, where that tells it more. Alarms
are scores above the 99 % quantile of scores of training rows that were held back: five stretches of time in turn, each
judged by a method that learnt from the other four. So the rule asks nothing of the scale of scores, and a method that
knows its training rows by heart gains nothing by it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from support.detection.cases import Case, Learnt, Table, no_shares

LAGS = 10  # rows, the one that is judged among them
QUANTILE, STRETCHES = 0.99, 5

Scorer = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray], Scorer]


@dataclass(frozen=True, eq=False)
class Scaling:
    """What training says of the sensors: which of them move, and their means and spreads."""

    moving: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def apply(self, table: Table) -> np.ndarray:
        return np.nan_to_num((table.values[:, self.moving] - self.centre) / self.spread)


def scaling_of(training: Table) -> Scaling:
    centre, spread = np.nanmean(training.values, axis=0), np.nanstd(training.values, axis=0)
    moving = spread > 1e-9 * np.maximum(np.abs(centre), 1)
    return Scaling(moving, centre[moving], spread[moving])


def learnt_by(fit: Fit, training: Table, *, lags: int) -> Learnt:
    """A method that learns from rows [n, m] and then scores rows, by the rule above.

    Args:
        fit: makes a scorer of the training rows; a scorer gives a number for each row, higher is worse.
        lags: how many rows are shown side by side; 1 for a method with a memory of its own.
    """
    scaling = scaling_of(training)
    rows = side_by_side(scaling.apply(training), lags)
    scorer = fit(rows)

    def judge(case: Case) -> tuple[np.ndarray, np.ndarray]:
        score = scorer(side_by_side(_with_past(case, scaling), lags))[-len(case.series) :]
        return score, no_shares(score)

    return Learnt(judge, lambda: threshold(fit, rows))


def threshold(fit: Fit, rows: np.ndarray) -> float:
    """The score above which is an alarm, learnt from training rows [n, m] that are held back in turn."""
    stretches = np.array_split(np.arange(len(rows)), STRETCHES)
    held_back = [fit(np.delete(rows, stretch, axis=0))(rows[stretch]) for stretch in stretches]
    return float(np.quantile(np.concatenate(held_back), QUANTILE))


def side_by_side(rows: np.ndarray, lags: int) -> np.ndarray:
    """Rows [n, m] with those before them, the newest first: [n - lags + 1, lags * m]."""
    return np.hstack([rows[lags - 1 - lag : len(rows) - lag] for lag in range(lags)])


def _with_past(case: Case, scaling: Scaling) -> np.ndarray:
    """The series after the end of training where it follows that; else its first row stands for what was before."""
    series = scaling.apply(case.series)
    past = scaling.apply(case.training.rows(slice(-LAGS, None))) if case.follows_training else series[[0] * LAGS]
    return np.vstack([past, series])
