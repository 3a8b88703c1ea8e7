"""Our detector as any other method: told the readings, asked for scores and shares."""

from dataclasses import replace
from functools import partial

import numpy as np

from service.engine.detection import ANOMALOUS_ABOVE, FittedModel, Readings, fit, score
from support.detection.cases import Case, Learnt, Table
from support.detection.rule import Scorer, threshold


def ours(training: Table) -> Learnt:
    """Its threshold is a score of 0.5, as in the engine: the model puts it where it learnt that it belongs."""
    model = fit(_readings(training))
    return Learnt(lambda case: _judge(model, case), lambda: ANOMALOUS_ABOVE)


def ours_by_the_rule(training: Table) -> Learnt:
    """The same scores with the threshold where the rule for the peers puts it."""
    readings = _readings(training)
    positions = np.arange(len(training))
    return replace(ours(training), threshold=lambda: threshold(partial(_scorer, readings), positions))


def _scorer(readings: Readings, learnt: np.ndarray) -> Scorer:
    """A scorer of positions in the readings that learnt from other ones."""
    model = fit(readings.rows(learnt))
    before = model.context_rows
    return lambda rows: (
        score(model, readings.rows(rows), context=readings.rows(slice(max(rows[0] - before, 0), rows[0]))).score
    )


def _judge(model: FittedModel, case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The end of the training rows is context where the series follows them."""
    context = _readings(case.training) if case.follows_training else None
    scores = score(model, _readings(case.series), context=context)
    return scores.score, scores.contributions


def _readings(table: Table) -> Readings:
    return Readings(table.times, table.values, table.sensors)
