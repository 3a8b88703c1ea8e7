"""What is known about ranges of time before a training: labels of a model, from S3 or from a label group.

They are read again at each training, so a label that was put into the group since counts the next time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from service.engine.resources import Resources
from service.engine.store import label_groups, labels
from service.engine.store.models import Model
from service.engine.store.scope import Scope
from service.engine.work.problems import InputProblem
from service.engine.work.training.label_files import Range, read_label_files

ANOMALY, NO_ANOMALY, NEUTRAL = "ANOMALY", "NO_ANOMALY", "NEUTRAL"


@dataclass(frozen=True, order=True)
class RatedLabel:
    """A range, both ends in it. ANOMALY: not normal; NO_ANOMALY: normal; NEUTRAL: nobody shall judge by it."""

    start: datetime
    end: datetime
    rating: str


def read_labels(resources: Resources, model: Model) -> list[RatedLabel]:
    """The labels that the model's LabelsInputConfiguration names, earliest start first; none without one.

    Raises:
        InputProblem: no label file, a row in it that is no range, or a group that is gone.
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    configuration = model.labels_input_configuration or {}
    if "LabelGroupName" in configuration:
        return _of_group(resources, model, configuration["LabelGroupName"])
    if "S3InputConfiguration" in configuration:
        found = read_label_files(resources.objects, configuration["S3InputConfiguration"])
        return [RatedLabel(start, end, ANOMALY) for start, end in found]
    return []


def rated(known: Iterable[RatedLabel], *ratings: str) -> list[Range]:
    """The ranges of the labels with one of these ratings, in the order of the labels."""
    return [(label.start, label.end) for label in known if label.rating in ratings]


def _of_group(resources: Resources, model: Model, name: str) -> list[RatedLabel]:
    with resources.database.begin() as connection:
        group = label_groups.find(connection, Scope(model.account_id, model.region), name)
        if not group:
            raise InputProblem(f"The label group {name!r} that the labels are to come from does not exist.")
        found = labels.of_group(connection, group.id)
    return [RatedLabel(label.start_time, label.end_time, label.rating) for label in found]
