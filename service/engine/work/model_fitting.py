"""The fitting itself: a dataset's copy, its ranges and labels -> a detector with its artefacts and metrics."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from service.engine.detection import FittedModel, Readings, fit
from service.engine.resources import Resources
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.frames.off_condition import parse_off_condition
from service.engine.work.labels import ANOMALY, NEUTRAL, RatedLabel, rated, read_labels
from service.engine.work.trained_models import artefact_prefix, store_artefacts
from service.engine.work.training_data import TrainingData, find_training_data, read_span
from service.engine.work.training_evaluation import judged_portion, metrics_of, quality_of
from service.engine.work.training_portions import Marking, Portion, portions_of
from service.engine.work.training_ranges import check_found, found_in, training_range

PORTION_CELLS = 4_000_000  # rows x sensors, 32 MB; fitting takes several times that


@dataclass(frozen=True)
class Training:
    """What a training made, beside the artefacts it wrote: ModelMetrics as JSON text, and the verdict on them."""

    metrics: str
    quality: str


def train(resources: Resources, model: Model, version: ModelVersion) -> Training:
    """Fit a version, write its artefacts and evaluate it.

    Raises:
        InputProblem, TrainingError, UnreadableOffCondition, ObjectsRefused: for the owner of the data to mend.
        ObjectsUnavailable: S3 is away.
    """
    labels = read_labels(resources, model)
    data = find_training_data(resources, model, version)
    stretches = (read_span(resources, data, span) for span in data.spans(PORTION_CELLS))
    portions = list(portions_of(stretches, marking_of(data, labels), data.sensors))
    check_found(data, (found_in(model, portion) for portion in portions))
    fitted = _fitted(portions, data.rate)
    bucket = resources.settings.engine_bucket
    period = data.rate or _usual_period(portions)
    store_artefacts(resources.objects, bucket, artefact_prefix(model.id, version.version), fitted, period)
    metrics = metrics_of(model, [judged_portion(model, fitted, portion) for portion in portions], labels)
    return Training(json.dumps(metrics), quality_of(metrics))


def marking_of(data: TrainingData, labels: Sequence[RatedLabel]) -> Marking:
    """Which rows of the data are learnt from; what is labelled as an anomaly or as neutral is not."""
    return Marking(
        rate=data.rate,
        off_condition=parse_off_condition(data.model.off_condition),
        learnt=training_range(data.model),
        left_out=rated(labels, ANOMALY, NEUTRAL),
    )


def _fitted(portions: Sequence[Portion], rate: timedelta | None) -> FittedModel:
    rows = [portion.table.rows(portion.learnt) for portion in portions]
    return fit(
        Readings(
            np.concatenate([part.times for part in rows]),
            np.concatenate([part.values for part in rows]),
            rows[0].sensors,
        ),
        sampling=rate,
    )


def _usual_period(portions: Sequence[Portion]) -> timedelta:
    times = np.concatenate([portion.table.times[portion.learnt] for portion in portions])
    step = np.median(np.diff(times).astype("timedelta64[us]").astype(np.int64))
    return timedelta(microseconds=int(step))
