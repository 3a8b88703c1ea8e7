"""Judge readings with a fitted model."""

import numpy as np

from service.engine.detection.features import lagged_means
from service.engine.detection.model import FittedModel, Horizon
from service.engine.detection.readings import Readings, rows_before
from service.engine.detection.scores import Scores, shares, squashed

ROWS_AT_ONCE = 20_000  # bounds the memory of a long evaluation


def score(model: FittedModel, readings: Readings, *, context: Readings | None = None) -> Scores:
    """Score every row of `readings`; a row is judged by itself and the rows before it, never by later ones.

    `context` are rows before the readings; the last `model.context_rows` of them are used. Without it (a cold start)
    the first rows are judged by themselves alone, and the longer means join in as soon as enough rows are there: a
    slow fault shows a little later then, and false alarms do not become more. The same holds after a pause. A missing
    value is replaced by what the others make most likely, so it adds next to nothing to the score and hides no fault
    in the others; a row without any value scores 0.

    Raises:
        ValueError: a sensor of the model is missing, or the context does not end before the readings begin.
    """
    rows = readings.of_sensors(model.sensors)
    if context is not None and len(context):
        earlier = context.of_sensors(model.sensors).rows(slice(-model.context_rows, None))
        rows = Readings(
            np.concatenate([earlier.times, rows.times]), np.vstack([earlier.values, rows.values]), rows.sensors
        )
    parts = [_score_part(model, rows, start) for start in range(len(rows) - len(readings), len(rows), ROWS_AT_ONCE)]
    empty = [(np.empty(0), np.empty((0, len(model.sensors))))]
    score, contributions = (np.concatenate(part) for part in zip(*(parts or empty), strict=True))
    return Scores(readings.times, model.sensors, score, contributions, model.longest_pause)


def _score_part(model: FittedModel, readings: Readings, start: int) -> tuple[np.ndarray, np.ndarray]:
    begin = max(start - model.context_rows, 0)
    rows = readings.rows(slice(begin, start + ROWS_AT_ONCE))
    ratio, blame = _judge(model, rows, start - begin)
    contributions = np.zeros((len(rows), len(model.sensors)))
    contributions[:, model.scaling.columns] = blame
    return squashed(ratio)[start - begin :], shares(contributions)[start - begin :]


def _judge(model: FittedModel, readings: Readings, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Distance over threshold [n] in the horizon where it is largest; the blame of each moving sensor there [n, m].

    Rows before `first` are context and stay 0: what misses in them is filled only where later rows need it.
    """
    scaled = model.scaling.apply(readings.values)
    empty = np.isnan(scaled).all(axis=1)
    history = rows_before(readings.times, model.longest_pause)
    ratio, blame = np.zeros(len(readings)), np.zeros(scaled.shape)
    judged = np.arange(len(readings)) >= first
    for horizon in model.horizons:
        deviations = _deviations(horizon, scaled, history, judged | np.isnan(scaled).any(axis=1))
        scaled = (deviations + horizon.mean)[:, : scaled.shape[1]] if horizon.rows == 1 else scaled
        pulls = deviations @ horizon.precision
        here = np.einsum("ij,ij->i", pulls, deviations) / horizon.threshold
        worse = judged & (here > ratio) & ~empty
        ratio[worse], blame[worse] = here[worse], _blame(horizon, pulls[worse])
    return ratio, blame


def _deviations(horizon: Horizon, scaled: np.ndarray, history: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Deviations from the mean of normal [n, d]; in rows wanted [n], the most likely values where one is missing."""
    deviations = lagged_means(scaled, history, horizon.rows) - horizon.mean
    missing = np.isnan(deviations)
    gappy = np.flatnonzero(missing.any(axis=1) & wanted)
    patterns, which = np.unique(missing[gappy], axis=0, return_inverse=True)
    for number, gone in enumerate(patterns):
        rows = gappy[which == number]
        filling = np.linalg.solve(horizon.precision[gone][:, gone], horizon.precision[gone][:, ~gone])
        deviations[np.ix_(rows, gone)] = -deviations[np.ix_(rows, ~gone)] @ filling.T
    return deviations


def _blame(horizon: Horizon, pulls: np.ndarray) -> np.ndarray:
    """How much of the squared distance would go if that sensor alone were right (reconstruction-based contribution)."""
    relief = pulls**2 / np.diag(horizon.precision)
    now, before = np.hsplit(relief, 2)
    return now + before
