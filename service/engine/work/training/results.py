"""What a training leaves: the artefacts of the version, and what is recorded of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

import numpy as np

from service.engine.detection import FittedModel, load
from service.engine.detection.evaluation import quality_of
from service.engine.detection.survey import LONGEST_PAUSE
from service.engine.resources import Resources
from service.engine.work.bucket.trained_models import TrainedModel, artefact_prefix, store_artefacts
from service.engine.work.training.data import TrainingData
from service.engine.work.training.diagnostics import write_diagnostics
from service.engine.work.training.evaluation import Findings, as_text, metrics_of
from service.engine.work.training.labels import RatedLabel
from service.engine.work.training.ranges import diagnosed_range


@dataclass(frozen=True)
class Training:
    """What a training made, beside the artefacts it wrote.

    metrics: ModelMetrics as JSON text; quality: the verdict on them; diagnostics_result: where pointwise diagnostics
    lie, if they were asked for. Of a retraining: the version that was active, its metrics on the same range, and how
    many days have data.
    """

    metrics: str
    quality: str
    diagnostics_result: dict[str, str] | None = None
    prior_version: int | None = None
    prior_metrics: str | None = None
    available_days: int | None = None


def store_fitted(resources: Resources, data: TrainingData, fitted: FittedModel) -> None:
    """Write the artefacts of a fitted version."""
    prefix = artefact_prefix(data.model.id, data.version.version)
    period = data.rate or _period(fitted)
    store_artefacts(resources.objects, resources.settings.engine_bucket, prefix, fitted, period)


def load_fitted(resources: Resources, data: TrainingData) -> FittedModel:
    """What `store_fitted` wrote."""
    prefix = artefact_prefix(data.model.id, data.version.version)
    names = [prefix + "detector.json", prefix + "detector.npz"]
    text, arrays = resources.objects.get_many(resources.settings.engine_bucket, names)
    return load(text.decode(), arrays)


def comparable(data: TrainingData, prior: TrainedModel | None) -> FittedModel | None:
    """The prior version, if it can judge these data: it may have had sensors that are no longer among them."""
    return prior.fitted if prior and set(prior.fitted.sensors) <= set(data.sensors) else None


def made_of(
    resources: Resources,
    data: TrainingData,
    labels: Sequence[RatedLabel],
    days: int,
    prior: TrainedModel | None,
    findings: Sequence[Findings],
    lines: BinaryIO,
) -> Training:
    """What there is to record of a training.

    Args:
        days: with data in the training range.
        prior: the version that a retraining is compared with.
        findings: in the portions, in their order; lines: the pointwise diagnostics of all of them.
    """
    metrics = metrics_of([found.own for found in findings], labels)
    before = [found.prior for found in findings] if comparable(data, prior) else None
    return Training(
        metrics=as_text(metrics),
        quality=quality_of(metrics),
        diagnostics_result=_diagnostics(resources, data, lines),
        prior_version=prior.version if prior else None,
        prior_metrics=as_text(metrics_of(before, labels)) if before is not None else None,
        available_days=days if data.is_retraining else None,
    )


def _diagnostics(resources: Resources, data: TrainingData, lines: BinaryIO) -> dict[str, str] | None:
    if diagnosed_range(data.model) is None:
        return None
    return write_diagnostics(resources.objects, data.model, data.version.version, lines)


def _period(fitted: FittedModel) -> timedelta:
    return timedelta(microseconds=int(fitted.longest_pause / np.timedelta64(1, "us")) // LONGEST_PAUSE)
