"""What the parts of a model say of rows: how far each is beyond normal, and which sensors it is."""

from dataclasses import dataclass
from functools import reduce

import numpy as np

from service.engine.detection.distances import paired_means, reach
from service.engine.detection.model import BLAMED_ROWS, SMOOTHED_ROWS, Distance, FittedModel
from service.engine.detection.residuals import left_over
from service.engine.detection.smoothing import trailing_means
from service.engine.detection.thresholds import mean_excess


@dataclass(frozen=True, eq=False)
class Judgement:
    """ratio [n]: squared distance over threshold, 1 is the limit; blame [n, m]: parts of it, of the moving sensors.

    Blame always comes of distances: what is left of a sensor by the views is partly the fault of its neighbours.
    """

    ratio: np.ndarray
    blame: np.ndarray


def judge(model: FittedModel, deviations: np.ndarray, history: np.ndarray, first: int) -> Judgement:
    """Judge the rows from `first` on; those before are history.

    Args:
        deviations: from the mean of the model, shape [n, m], no NaN.
        history: rows before each without a pause, shape [n].
    """
    begin = max(first - BLAMED_ROWS + 1, 0)
    judgement = reduce(worse_of, [_by_distance(each, deviations, history, begin) for each in model.distances])
    if model.views:
        ratio = _by_views(model, deviations, history, begin)
        judgement = worse_of(judgement, Judgement(ratio, _recalled(judgement.blame, history[begin:])))
    return Judgement(judgement.ratio[first - begin :], judgement.blame[first - begin :])


def worse_of(one: Judgement, other: Judgement) -> Judgement:
    """Of each row the judgement with the larger ratio."""
    worse = other.ratio > one.ratio
    return Judgement(np.where(worse, other.ratio, one.ratio), np.where(worse[:, None], other.blame, one.blame))


def _by_distance(distance: Distance, deviations: np.ndarray, history: np.ndarray, first: int) -> Judgement:
    """By means over rows; a sensor's blame is how much of the distance would go if it alone were right."""
    means = paired_means(deviations, history, distance.rows)[first:]
    pulls = means @ distance.precision
    ratio = np.einsum("ij,ij->i", pulls, means) / distance.threshold
    sees = history[first:] >= reach(distance.rows)
    return Judgement(np.where(sees, ratio, 0.0), _relief(pulls, distance) / distance.threshold)


def _recalled(blame: np.ndarray, history: np.ndarray) -> np.ndarray:
    """Blame [n, m] of each row and of the last rows before it together: an alarm of the views is about all of them, and
    the row in which it is raised may be an ordinary one."""
    together = blame.copy()
    for back in range(1, min(BLAMED_ROWS, len(blame))):
        together[back:] += np.where(history[back:, None] >= back, blame[:-back], 0.0)
    return together


def _relief(pulls: np.ndarray, distance: Distance) -> np.ndarray:
    """How much the squared distance would shrink if the values of one sensor were what all others expect; [n, m]."""
    if not distance.rows:
        return pulls**2 / np.diag(distance.precision)
    size = pulls.shape[1] // 2
    now, before = pulls[:, :size], pulls[:, size:]
    inner, outer = np.diag(distance.precision).reshape(2, size), np.diag(distance.precision, size)
    squares = now**2 * inner[1] - 2 * now * before * outer + before**2 * inner[0]
    return np.maximum(squares / (inner[0] * inner[1] - outer**2), 0.0)


def _by_views(model: FittedModel, deviations: np.ndarray, history: np.ndarray, first: int) -> np.ndarray:
    """Squared residuals over threshold [n - first], by the views that see far enough back; 0 where none does."""
    lefts = (left_over(view.directions, deviations, first) for view in model.views)
    excess = mean_excess(model.views, model.thresholds, lefts, history[first:])
    before = np.maximum(history[first:] - model.views[0].lags + 1, 0)
    sees = history[first:] >= model.views[0].lags - 1
    return np.where(sees, np.exp(trailing_means(excess, before, SMOOTHED_ROWS)), 0.0)
