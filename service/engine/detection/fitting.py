"""Learn what is normal from training readings, and from which distance on a row no longer is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection.features import lagged_means
from service.engine.detection.model import FittedModel, Horizon
from service.engine.detection.moments import merged, moments_of
from service.engine.detection.readings import Readings, rows_before, within
from service.engine.detection.scaling import Scaling, learn_scaling
from service.engine.detection.shrinkage import best_amount, held_back_in_turn, precision_of

FEWEST_ROWS = 100
FEWEST_HORIZON_ROWS = 50  # a horizon with fewer complete rows is left out
HORIZONS = (1, 10)  # rows; the first must be 1, it also says what a missing reading would have been
BLOCKS = 5  # contiguous stretches of time that are held back in turn
WILD = 6.0  # spreads; further out a reading counts as this far when normal is learnt
NORMAL_SHARE = 0.99  # of the rows held back lie within the threshold before the safety factor
FARTHEST_NORMAL = 4.0  # typical squared distances; bounds what a fault nobody labelled does to the threshold
SAFETY = 1.3
LONGEST_PAUSE = 5  # sampling periods


class TrainingError(Exception):
    """The training data cannot be learnt from. The message is a sentence for the user."""


def fit(
    readings: Readings, *, left_out: Iterable[tuple[datetime, datetime]] = (), sampling: timedelta | None = None
) -> FittedModel:
    """Learn from readings that were normal, apart from the ranges left out.

    The threshold is learnt from data that were held back: five stretches of time in turn, each judged by what the
    other four say is normal. Missing values are expected to be filled forward already; rows where one is still missing
    are not learnt from. The same readings always give the same model.

    Args:
        readings: at least 100 usable rows; the memory needed is about five times theirs.
        left_out: labelled ranges (start, end), both ends included, aware datetimes.
        sampling: time between rows; without it the median of what is there.

    Raises:
        TrainingError: too few rows, no sensors, or no sensor that moves.
    """
    return learn(readings.rows(~within(readings.times, left_out)), sampling)


def learn(kept: Readings, sampling: timedelta | None) -> FittedModel:
    _require_rows(len(kept), "after resampling and without the labelled ranges")
    scaling = learn_scaling(kept.values)
    if not len(scaling.columns):
        raise TrainingError(f"None of the {len(kept.sensors)} sensors changes in the training data: nothing to learn.")
    scaled = scaling.apply(kept.values)
    complete = np.isfinite(scaled).all(axis=1)
    _require_rows(int(complete.sum()), "with a value for every sensor")
    pause = LONGEST_PAUSE * _period(kept.times, sampling)
    history = rows_before(kept.times[complete], pause)
    horizons = [_learn_horizon(scaled[complete], history, rows) for rows in HORIZONS]
    return _model(kept, scaling, horizons, pause, int(complete.sum()))


def _require_rows(count: int, which: str) -> None:
    if count < FEWEST_ROWS:
        raise TrainingError(f"The training data has {count} rows {which}; at least {FEWEST_ROWS} are needed.")


def _period(times: np.ndarray, sampling: timedelta | None) -> np.timedelta64:
    return np.timedelta64(sampling, "ns") if sampling else np.median(np.diff(times)).astype("timedelta64[ns]")


def _model(
    kept: Readings, scaling: Scaling, horizons: list[Horizon | None], pause: np.timedelta64, rows: int
) -> FittedModel:
    if horizons[0] is None:
        raise TrainingError("The training data is all pauses: no two rows follow each other within five periods.")
    learnt = tuple(horizon for horizon in horizons if horizon is not None)
    return FittedModel(kept.sensors, scaling, learnt, pause, rows)


def _learn_horizon(scaled: np.ndarray, history: np.ndarray, rows: int) -> Horizon | None:
    usable = np.flatnonzero(history >= 2 * rows - 1)
    if len(usable) < FEWEST_HORIZON_ROWS:
        return None
    parts = np.array_split(usable, BLOCKS)
    tamed = np.clip(scaled, -WILD, WILD)
    blocks = [moments_of(_features(tamed, history, rows, part)) for part in parts]
    amount = best_amount(blocks)
    distances = [
        squared_distances(_features(scaled, history, rows, part) - merged(rest).mean, precision_of(rest, amount))
        for part, (_, rest) in zip(parts, held_back_in_turn(blocks), strict=True)
    ]
    return Horizon(rows, merged(blocks).mean, precision_of(blocks, amount), _threshold(np.concatenate(distances)))


def _threshold(held_back: np.ndarray) -> float:
    typical, far = np.quantile(held_back, [0.5, NORMAL_SHARE])
    return max(SAFETY * float(min(far, FARTHEST_NORMAL * typical)), np.finfo(float).tiny)


def _features(scaled: np.ndarray, history: np.ndarray, rows: int, part: np.ndarray) -> np.ndarray:
    """Features of these rows alone, so that one block of them is in memory at a time."""
    span = slice(part[0] - 2 * rows + 1, part[-1] + 1)
    return lagged_means(scaled[span], history[span], rows)[part - span.start]


def squared_distances(deviations: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Squared Mahalanobis distance of each row [n, d]; shape [n]."""
    return np.einsum("ij,ij->i", deviations @ precision, deviations)
