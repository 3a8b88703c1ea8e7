"""The fitting itself: a dataset's copy, its ranges and labels -> a detector with its artefacts and metrics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np

from service.engine.detection import FittedModel, Numbers, finish, passes
from service.engine.detection.fitting import LONGEST_PAUSE
from service.engine.resources import Resources
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.diagnostics import write_diagnostics
from service.engine.work.frames.off_condition import parse_off_condition
from service.engine.work.labels import ANOMALY, NEUTRAL, RatedLabel, rated, read_labels
from service.engine.work.prior_versions import prior_of
from service.engine.work.trained_models import TrainedModel, artefact_prefix, store_artefacts
from service.engine.work.training_data import TrainingData, find_training_data, read_span
from service.engine.work.training_evaluation import Findings, as_text, findings_in, metrics_of, quality_of
from service.engine.work.training_portions import Marking, Portion, portions_of
from service.engine.work.training_ranges import check_found, diagnosed_range, found_in, training_range

PORTION_CELLS = 4_000_000  # rows x sensors, 32 MB; fitting takes several times that


@dataclass(frozen=True)
class Training:
    """What a training made, beside the artefacts it wrote.

    metrics: ModelMetrics as JSON text; quality: the verdict on them; diagnostics_result: where pointwise diagnostics
    lie, if they were asked for. Of a retraining alone: prior_version, the one that it was compared with, if any;
    prior_metrics, that one's on the same range; available_days, how many days of data there were.
    """

    metrics: str
    quality: str
    diagnostics_result: dict[str, str] | None = None
    prior_version: int | None = None
    prior_metrics: str | None = None
    available_days: int | None = None


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
    found = check_found(data, (found_in(model, portion) for portion in portions), resources.quotas)
    fitted = _fitted(portions, data.rate)
    store(resources, data, fitted)
    prior = prior_of(resources, model.id) if data.is_retraining else None
    with TemporaryFile() as lines:
        judged = list(_judged(model, fitted, comparable(data, prior), portions, lines))
        return made_of(resources, data, judged, lines, labels, prior, len(found.days))


def marking_of(data: TrainingData, labels: Sequence[RatedLabel]) -> Marking:
    """Which rows of the data are learnt from; what is labelled as an anomaly or as neutral is not."""
    return Marking(
        rate=data.rate,
        off_condition=parse_off_condition(data.model.off_condition),
        learnt=training_range(data.model),
        left_out=rated(labels, ANOMALY, NEUTRAL),
    )


def store(resources: Resources, data: TrainingData, fitted: FittedModel) -> None:
    """Write the artefacts of a fitted version."""
    prefix = artefact_prefix(data.model.id, data.version.version)
    period = data.rate or _period(fitted)
    store_artefacts(resources.objects, resources.settings.engine_bucket, prefix, fitted, period)


def _fitted(portions: Sequence[Portion], rate: timedelta | None) -> FittedModel:
    state: Numbers = {}
    for step in passes(rate):
        state = step.join(state, [step.look(state, portion.chunk) for portion in portions])
    return finish(state)


def _period(fitted: FittedModel) -> timedelta:
    return timedelta(microseconds=int(fitted.longest_pause / np.timedelta64(1, "us")) // LONGEST_PAUSE)


def comparable(data: TrainingData, prior: TrainedModel | None) -> FittedModel | None:
    """The prior version, if it can judge these data: it may have had sensors that are no longer among them."""
    return prior.fitted if prior and set(prior.fitted.sensors) <= set(data.sensors) else None


def _judged(
    model: Model, fitted: FittedModel, prior: FittedModel | None, portions: Sequence[Portion], lines: BinaryIO
) -> Iterator[Findings]:
    for portion in portions:
        findings = findings_in(model, fitted, prior, portion)
        lines.write(findings.lines)
        yield replace(findings, lines=b"")


def made_of(
    resources: Resources,
    data: TrainingData,
    findings: Sequence[Findings],
    lines: BinaryIO,
    labels: Sequence[RatedLabel],
    prior: TrainedModel | None,
    days: int,
) -> Training:
    """What there is to record of a training, from the findings in its portions.

    Args:
        lines: the pointwise diagnostics of all portions, if they are asked for.
        prior: the version that a retraining is compared with.
        days: with data in the training range.
    """
    model = data.model
    metrics = metrics_of([found.own for found in findings], labels)
    is_wanted = diagnosed_range(model) is not None
    return Training(
        metrics=as_text(metrics),
        quality=quality_of(metrics),
        diagnostics_result=write_diagnostics(resources.objects, model, data.version.version, lines)
        if is_wanted
        else None,
        prior_version=prior and prior.version,
        prior_metrics=as_text(metrics_of([found.prior for found in findings], labels))
        if comparable(data, prior)
        else None,
        available_days=days if data.is_retraining else None,
    )
