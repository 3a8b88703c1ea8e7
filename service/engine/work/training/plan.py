"""What all pieces of a training have to agree on: how the data are cut, and what is known about ranges of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.engine.resources import Resources
from service.engine.store import maintenance_windows
from service.engine.work.frames.off_condition import parse_off_condition
from service.engine.work.training.data import TrainingData
from service.engine.work.training.labels import ANOMALY, NEUTRAL, RatedLabel, rated, read_labels
from service.engine.work.training.portions import Marking
from service.engine.work.training.ranges import training_range
from service.engine.work.training.spans import Span


@dataclass(frozen=True)
class TrainingPlan:
    """spans: a portion each; labels: as they were when the training began."""

    spans: tuple[Span, ...]
    labels: tuple[RatedLabel, ...]


def plan_training(resources: Resources, data: TrainingData) -> TrainingPlan:
    """The plan of a training that begins.

    Raises:
        InputProblem, ObjectsRefused, ObjectsUnavailable: the labels cannot be read.
    """
    labels = (*read_labels(resources, data.model), *_maintenance(resources, data))
    return TrainingPlan(tuple(data.spans(resources.settings.training_portion_cells)), labels)


def marking_of(data: TrainingData, labels: Sequence[RatedLabel]) -> Marking:
    """Which rows of the data are learnt from; what is labelled as an anomaly or as neutral is not."""
    return Marking(
        rate=data.rate,
        off_condition=parse_off_condition(data.model.off_condition),
        learnt=training_range(data.model),
        left_out=rated(labels, ANOMALY, NEUTRAL),
        anomalies=rated(labels, ANOMALY),
    )


def as_json(plan: TrainingPlan) -> dict[str, Any]:
    """The plan in values that JSON has, or orjson makes of it."""
    return {"spans": plan.spans, "labels": plan.labels}


def plan_of(said: Mapping[str, Any]) -> TrainingPlan:
    """The plan that was written as JSON."""
    labels = tuple(
        RatedLabel(datetime.fromisoformat(label["start"]), datetime.fromisoformat(label["end"]), label["rating"])
        for label in said["labels"]
    )
    return TrainingPlan(tuple((start, end) for start, end in said["spans"]), labels)


def _maintenance(resources: Resources, data: TrainingData) -> list[RatedLabel]:
    """Maintenance windows of the model: nobody shall judge by them, and a retraining does not learn from them."""
    if not data.is_retraining:
        return []
    with resources.database.begin() as connection:
        windows = maintenance_windows.in_force(connection, data.model.id)
    return [RatedLabel(window.start_time, window.end_time, NEUTRAL) for window in windows]
