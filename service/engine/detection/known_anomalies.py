"""What labelled anomalies say of the thresholds: as near as it takes to find them, as far as normal rows ask for."""

from dataclasses import replace

import numpy as np

from service.engine.detection.distances import reach
from service.engine.detection.judging import LABELLED
from service.engine.detection.model import SMOOTHED_ROWS, FittedModel
from service.engine.detection.numbers import Numbers
from service.engine.detection.smoothing import trailing_means
from service.engine.detection.thresholds import NORMAL_SHARE, judged_before, mean_excess

FOUND_SHARE = 0.9  # of the labelled rows are to be found; labels often begin before anything shows
FEWEST_LABELLED = 10  # rows; fewer say nothing
NEAREST, FARTHEST = 2 / 3, 2.0  # times the thresholds of normal rows: at most their factor for safety is taken back


def heeding(model: FittedModel, state: Numbers) -> FittedModel:
    """The model with all thresholds multiplied so that labelled rows are found, if normal rows allow it.

    Labelled rows are judged one by one, since those before them may lie in another chunk.
    """
    known = {name.removeprefix(LABELLED): each for name, each in state.items() if name.startswith(LABELLED)}
    if len(known.get("history", ())) < FEWEST_LABELLED:
        return model
    labelled, normal = np.exp(_excess(model, known, 1)), np.exp(_excess(model, state, SMOOTHED_ROWS))
    factor = _factor(np.quantile(labelled, 1 - FOUND_SHARE), np.quantile(normal, NORMAL_SHARE))
    distances = tuple(replace(each, threshold=each.threshold * factor) for each in model.distances)
    return replace(model, distances=distances, thresholds=tuple(each + np.log(factor) for each in model.thresholds))


def _factor(labelled: float, normal: float) -> float:
    """Nearer down to where normal rows lie; further up to there while the labelled ones stay beyond."""
    if labelled < 1:
        return float(min(max(labelled, normal, NEAREST), 1.0))
    return float(min(max(normal, 1.0), labelled, FARTHEST))


def _excess(model: FittedModel, judged: Numbers, smoothed: int) -> np.ndarray:
    """Logarithm of squared distances over thresholds, of what is furthest beyond; shape [n]."""
    history, tiny = judged["history"], np.finfo(float).tiny
    worst = np.full(len(history), np.log(tiny))
    for each in model.distances:
        far = np.log(np.maximum(judged[f"distances_{each.rows}"], tiny) / each.threshold)
        worst = np.where(history >= reach(each.rows), np.maximum(worst, far), worst)
    if not model.views:
        return worst
    lefts = (judged[f"left_{view.lags}"] for view in model.views)
    excess = mean_excess(model.views, model.thresholds, lefts, history)
    behind = history - model.views[0].lags + 1
    if smoothed > 1:
        excess = trailing_means(excess, judged_before(judged["judged"], np.maximum(behind, 0)), smoothed)
    return np.where(behind >= 0, np.maximum(worst, excess), worst)
