"""What a fitted version makes of the range it is evaluated on, portion by portion."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.engine.detection import FittedModel, Scores, evaluate, score
from service.engine.detection.judged import NOTHING, Judged, joined, judged
from service.engine.store.models import Model
from service.engine.work.training.diagnostics import diagnostic_lines
from service.engine.work.training.labels import ANOMALY, NEUTRAL, RatedLabel, rated
from service.engine.work.training.portions import Portion, Range, following, rows_in
from service.engine.work.training.ranges import diagnosed_range, evaluation_range


@dataclass(frozen=True, eq=False)
class Findings:
    """In one portion: what the version finds in the evaluation range, and what the version before it does.

    lines: pointwise diagnostics where they are asked for, gzipped.
    """

    own: Judged = NOTHING
    prior: Judged = NOTHING
    lines: bytes = b""


def findings_in(model: Model, fitted: FittedModel, prior: FittedModel | None, portion: Portion) -> Findings:
    """Judge the rows of a portion that lie in the evaluation range, or else in the range that is diagnosed."""
    evaluated, diagnosed = evaluation_range(model), diagnosed_range(model)
    chosen = evaluated or diagnosed
    if chosen is None or not rows_in(portion.table.times, chosen).any():
        return Findings()
    scores = score_portion(fitted, portion, chosen)
    return Findings(
        own=judged(scores) if evaluated else NOTHING,
        prior=judged(score_portion(prior, portion, chosen)) if evaluated and prior else NOTHING,
        lines=diagnostic_lines(portion.table.times[rows_in(portion.table.times, chosen)], scores) if diagnosed else b"",
    )


def score_portion(fitted: FittedModel, portion: Portion, chosen: Range) -> Scores:
    """Scores of the rows of a range with the machine running."""
    before = portion.before.context
    rows = following(before, portion.table.rows(~portion.off))
    inside = np.flatnonzero(rows_in(rows.times[len(before) :], chosen)) + len(before)
    first, last = (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)
    return score(fitted, rows.rows(slice(first, last)), context=rows.rows(slice(0, first)))


def metrics_of(portions: Sequence[Judged], labels: Sequence[RatedLabel]) -> dict:
    """ModelMetrics over the evaluation range; without one there is nothing to tell, and its lists are empty."""
    return evaluate(joined(portions), rated(labels, ANOMALY), unjudged=rated(labels, NEUTRAL))


def as_text(metrics: dict) -> str:
    """ModelMetrics as the wire wants them."""
    return json.dumps(metrics)
