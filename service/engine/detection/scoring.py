"""Judge readings with a fitted model."""

import numpy as np

from service.engine.detection.filling import filled
from service.engine.detection.judgement import Judgement, judge, worse_of
from service.engine.detection.model import FittedModel
from service.engine.detection.readings import Readings, rows_before
from service.engine.detection.scores import Scores, shares, squashed
from service.engine.detection.stuck import stuck_ratios

ROWS_AT_ONCE = 5_000  # bounds the memory of a long evaluation


def score(model: FittedModel, readings: Readings, *, context: Readings | None = None) -> Scores:
    """Score every row of `readings`; a row is judged by itself and the rows before it, never by later ones.

    `context` are rows before the readings; the last `model.context_rows` of them are used. Without it (a cold start)
    the first rows are judged by themselves alone, and the longer views join in as soon as enough rows are there: a
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
    scaled = model.scaling.apply(rows.values)
    read = np.isfinite(scaled).any(axis=1)  # rows without any value are passed over
    judgement = _judgement(model, rows.rows(read), scaled[read], int(read[: start - begin].sum()))
    judged = np.flatnonzero(read[start - begin :])
    size = len(rows) - (start - begin)
    score, contributions = np.zeros(size), np.zeros((size, len(model.sensors)))
    score[judged], contributions[judged] = squashed(judgement.ratio), judgement.blame
    return score, shares(contributions)


def _judgement(model: FittedModel, readings: Readings, scaled: np.ndarray, first: int) -> Judgement:
    """Of the rows from `first` on; blame of all k sensors."""
    history = rows_before(readings.times, model.longest_pause)
    deviations = filled(scaled - model.mean, model.distances[0].precision)
    columns = model.scaling.columns
    stuck = stuck_ratios(readings.values[:, columns], history, model.rest[columns], model.context_rows)[first:]
    moving = worse_of(judge(model, deviations, history, first), _of_ratios(stuck))
    blame = np.zeros((len(stuck), len(model.sensors)))
    blame[:, columns] = moving.blame
    return worse_of(Judgement(moving.ratio, blame), _of_ratios(model.steady.ratios(readings.values[first:])))


def _of_ratios(ratios: np.ndarray) -> Judgement:
    """The judgement of sensors that are judged one by one, [n, k]: the worst counts."""
    return Judgement(ratios.max(axis=1, initial=0.0), shares(ratios))
