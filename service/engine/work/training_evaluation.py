"""What a fitted version makes of its evaluation range, portion by portion."""

from collections.abc import Sequence

import numpy as np

from service.engine.detection import FittedModel, Scores, evaluate, score
from service.engine.detection.judged import NOTHING, Judged, joined, judged
from service.engine.store.models import Model
from service.engine.work.labels import ANOMALY, RatedLabel, rated
from service.engine.work.training_portions import Portion, Range, following, rows_in
from service.engine.work.training_ranges import evaluation_range


def metrics_of(model: Model, portions: Sequence[Judged], labels: Sequence[RatedLabel]) -> dict:
    """ModelMetrics over the evaluation range; without one there is nothing to tell, and its lists are empty."""
    return evaluate(joined(portions), rated(labels, ANOMALY) if evaluation_range(model) else ())


def judged_portion(model: Model, fitted: FittedModel, portion: Portion) -> Judged:
    """The part of the evaluation range that lies in the portion."""
    chosen = evaluation_range(model)
    scores = score_portion(fitted, portion, chosen) if chosen else None
    return judged(scores) if scores else NOTHING


def score_portion(fitted: FittedModel, portion: Portion, chosen: Range) -> Scores | None:
    """Scores of the rows of a range with the machine running; None where the portion has none."""
    before = portion.before.context
    rows = following(before, portion.table.rows(~portion.off))
    inside = np.flatnonzero(rows_in(rows.times, chosen))
    inside = inside[inside >= len(before)]
    if not len(inside):
        return None
    first, last = int(inside[0]), int(inside[-1]) + 1
    return score(fitted, rows.rows(slice(first, last)), context=rows.rows(slice(0, first)))


def quality_of(metrics: dict) -> str:
    """Good enough when at least half of the labelled events of the evaluation range are found."""
    labelled = metrics["labeled_event_metrics"]
    if not labelled["num_labeled"]:
        return "CANNOT_DETERMINE_QUALITY"
    enough = 2 * labelled["num_identified"] >= labelled["num_labeled"]
    return "QUALITY_THRESHOLD_MET" if enough else "POOR_QUALITY_DETECTED"
