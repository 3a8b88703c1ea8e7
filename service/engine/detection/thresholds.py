"""From which distance on a row is anomalous: set by rows of the training data that were held back."""

from collections.abc import Iterable, Sequence

import numpy as np

from service.engine.detection.distances import reach
from service.engine.detection.model import SMOOTHED_ROWS, Distance, View
from service.engine.detection.numbers import Numbers
from service.engine.detection.smoothing import trailing_means

NORMAL_SHARE = 0.99  # of the rows held back lie within the threshold before the safety factor
SAFETY = 1.5  # of squared distances
DISTANCE_SAFETY = 1.3  # the same for distances, which see more of what wanders: see `_safety_of_distances`
DISTANCE_WANDER = 1.0
LONG = 1000  # rows; training shorter than this has not seen all that is normal
UNSEEN = 2.0
UNSTEADY = 0.3  # standard deviation of the blocks' medians, in logarithms, from which on training wandered in full
FARTHEST_NORMAL = 4.0  # typical squared distances; bounds what a fault nobody labelled does to the threshold
WANDER = 4.0  # what blocks of training differed by they may differ again: weight of their spread in the threshold
SMALLEST = 1e-3  # squared spreads a lag; less is never worth an alarm


def learn_distance(state: Numbers, number: int) -> Distance:
    """The threshold of a distance by itself."""
    rows = int(state["rows_meant"][number])
    distances, blocks = _held_back(state, rows)
    typical = float(np.median(distances))
    excess = _limit(distances - typical, blocks, DISTANCE_WANDER, _safety_of_distances(state))
    return Distance(rows, state[f"all_precision_{number}"], float(np.exp(typical + excess)))


def _held_back(state: Numbers, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of squared distances of the rows that see far enough back, and the block of each; [n], [n]."""
    far_enough = state["history"] >= reach(rows)
    distances = np.maximum(state[f"distances_{rows}"][far_enough], np.finfo(float).tiny)
    return np.log(distances), state["blocks"][far_enough]


def learn_view(state: Numbers, lags: int) -> View:
    """What the view leaves over of each sensor in normal rows."""
    left = state[f"left_{lags}"][state["history"] >= lags - 1]
    usual = np.maximum(np.quantile(left, NORMAL_SHARE, axis=0), SMALLEST * lags)
    return View(state[f"all_directions_{lags}"], usual, float(np.median(strangeness(left, usual))))


def _safety_of_distances(state: Numbers) -> float:
    """How much farther normal rows may yet lie: up to three times, the shorter training was and the more it wandered.

    Where held-back rows of all blocks lie equally far, nothing says that later ones will not; one block tells nothing.
    """
    shortness = min(LONG / int(state["complete"].sum()), 1.0)
    if len(np.unique(state["blocks"])) == 1:
        return DISTANCE_SAFETY * (1 + UNSEEN * shortness)
    wandered = max(_wander(*_held_back(state, rows)) for rows in state["rows_meant"].tolist())
    return DISTANCE_SAFETY * (1 + UNSEEN * shortness * min(wandered / UNSTEADY, 1.0))


def mean_excess(
    views: Sequence[View], thresholds: Sequence[float], lefts: Iterable[np.ndarray], history: np.ndarray
) -> np.ndarray:
    """Excess over the threshold, of the views that see far enough back; 0 where none does; shape [n], in logarithms.

    Args:
        lefts: what each view leaves over of each sensor, [n, m].
        history: rows before each without a pause, shape [n].
    """
    excess, seeing = np.zeros(len(history)), np.zeros(len(history), dtype=int)
    for view, left in zip(views, lefts, strict=True):
        sees = history >= view.lags - 1
        excess += np.where(sees, strangeness(left, view.usual) - view.typical, 0.0)
        seeing += sees
    return excess / np.maximum(seeing, 1) - np.concatenate([[0.0], thresholds])[seeing]


def strangeness(left: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Logarithm of the largest share of what is usual that is left of any sensor [n, m]; shape [n]."""
    return np.log(np.maximum((left / usual).max(axis=1), np.finfo(np.float32).tiny))


def learn_thresholds(state: Numbers, views: tuple[View, ...]) -> tuple[float, ...]:
    """The threshold of the mean excess over the first view, over the first two, and so on."""
    return tuple(_threshold(state, views[: number + 1]) for number in range(len(views)))


def _threshold(state: Numbers, views: tuple[View, ...]) -> float:
    reach = views[-1].lags - 1
    far_enough = state["history"] >= reach
    excess = np.mean(
        [strangeness(state[f"left_{view.lags}"][far_enough], view.usual) - view.typical for view in views], axis=0
    )
    positions, blocks = state["judged"][far_enough], state["blocks"][far_enough]
    smooth = trailing_means(excess, judged_before(positions, state["history"][far_enough] - reach), SMOOTHED_ROWS)
    return float(_limit(smooth, blocks, WANDER, SAFETY))


def _limit(excess: np.ndarray, blocks: np.ndarray, again: float, safety: float) -> float:
    """Where normal ends, for logarithms of squared distances over typical ones."""
    highest = np.log(FARTHEST_NORMAL)
    far = min(float(np.quantile(excess, NORMAL_SHARE)), highest)
    return far + min(again * _wander(excess, blocks), highest) + float(np.log(safety))


def _wander(excess: np.ndarray, blocks: np.ndarray) -> float:
    """Standard deviation of the medians of the blocks."""
    return float(np.std([np.median(excess[blocks == number]) for number in np.unique(blocks)]))


def judged_before(positions: np.ndarray, history: np.ndarray) -> np.ndarray:
    """How many rows before each were judged, too, without a gap; shape [n]."""
    starts = np.append(True, np.diff(positions) != 1)
    numbers = np.arange(len(positions))
    return np.minimum(numbers - np.maximum.accumulate(np.where(starts, numbers, 0)), history)
