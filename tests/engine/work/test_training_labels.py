"""Labels of a label group in training, through boto3 and S3; label files are in test_trainings."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from engine_world import refused
from machine_history import DAY, JANUARY, ingest, train
from plant import Plant, at, broken, normal

from service.engine.store import models
from service.engine.work.problems import InputProblem
from service.engine.work.training.labels import ANOMALY, NEUTRAL, NO_ANOMALY, RatedLabel, rated, read_labels

HOUR = timedelta(hours=1)
START = at("2026-02-01")
GROUP = {"LabelGroupName": "bearings"}


@pytest.fixture
def labelled(plant: Plant) -> Plant:
    """A model that takes its labels from a group without any."""
    plant.client.create_label_group(**GROUP)
    plant.world.model(LabelsInputConfiguration=GROUP)
    return plant


def label(plant: Plant, hours: float, rating: str = ANOMALY) -> str:
    asked = {"StartTime": START + hours * HOUR, "EndTime": START + (hours + 1) * HOUR, "Rating": rating}
    return plant.client.create_label(**GROUP, **asked)["LabelId"]


def known(plant: Plant) -> list[RatedLabel]:
    """What a training of the model would read now."""
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "pump-model")
    return read_labels(plant.resources, model)


def spanning(hours: float) -> tuple[datetime, datetime]:
    return START + hours * HOUR, START + (hours + 1) * HOUR


def test_the_labels_of_a_group_come_with_their_ratings_earliest_first(labelled):
    for hours, rating in ((5, NEUTRAL), (1, ANOMALY), (3, NO_ANOMALY)):
        label(labelled, hours, rating)
    found = [(entry.start, entry.end, entry.rating) for entry in known(labelled)]
    assert found == [(*spanning(1), ANOMALY), (*spanning(3), NO_ANOMALY), (*spanning(5), NEUTRAL)]


def test_ranges_are_taken_by_their_rating(labelled):
    for hours, rating in ((5, NEUTRAL), (1, ANOMALY), (3, NO_ANOMALY)):
        label(labelled, hours, rating)
    assert rated(known(labelled), ANOMALY) == [spanning(1)]
    assert rated(known(labelled), ANOMALY, NEUTRAL) == [spanning(1), spanning(5)]


def test_a_group_without_labels_labels_nothing(labelled):
    assert known(labelled) == []


def test_labels_are_read_again_at_each_training(labelled):
    first = label(labelled, 1)
    assert len(known(labelled)) == 1
    label(labelled, 3)
    labelled.client.delete_label(**GROUP, LabelId=first)
    assert rated(known(labelled), ANOMALY) == [spanning(3)]


def test_ranges_of_a_file_are_anomalies(plant):
    plant.put("labels/one.csv", "2026-02-01T05:00:00,2026-02-01T06:00:00\n")
    plant.put("labels/two.csv", "2026-02-01T01:00:00,2026-02-01T02:00:00\n")
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "labels/"}}
    plant.world.model(LabelsInputConfiguration=source, RoleArn="arn:aws:iam::123456789012:role/lookout")
    assert known(plant) == [RatedLabel(*spanning(1), ANOMALY), RatedLabel(*spanning(5), ANOMALY)]


def test_a_group_that_is_gone_fails_the_training_by_name(labelled):
    with labelled.resources.database.begin() as connection:
        model = models.find(connection, labelled.world.scope, "pump-model")
        gone = {"labels_input_configuration": {"LabelGroupName": "gone"}}
        models.change(connection, model.id, **gone)
    with pytest.raises(InputProblem, match="The label group 'gone' that the labels are to come from does not exist"):
        known(labelled)


def test_a_group_that_a_model_uses_cannot_be_deleted_until_the_model_is(labelled):
    message = refused("ConflictException", labelled.client.delete_label_group, **GROUP)
    assert message.startswith("The model 'pump-model' takes its labels from the label group 'bearings'; delete it")
    labelled.client.delete_model(ModelName="pump-model")
    labelled.client.delete_label_group(**GROUP)


def test_a_model_cannot_be_made_with_a_group_that_is_not_there(plant):
    plant.world.dataset()
    asked: dict[str, Any] = {"ModelName": "m", "DatasetName": "plant", "LabelsInputConfiguration": GROUP}
    refused("ResourceNotFoundException", plant.client.create_model, **asked)


@pytest.mark.parametrize("both", [True, False])
def test_labels_come_from_one_place(plant, both):
    plant.client.create_label_group(**GROUP)
    plant.world.dataset()
    source = GROUP | {"S3InputConfiguration": {"Bucket": "b" * 3}} if both else {}
    asked = {"ModelName": "m", "DatasetName": "plant", "LabelsInputConfiguration": source}
    message = refused(
        "ValidationException", plant.client.create_model, RoleArn="arn:aws:iam::123456789012:role/lookout", **asked
    )
    assert message == "LabelsInputConfiguration needs S3InputConfiguration or LabelGroupName, one of them."


def test_labels_of_a_group_need_no_role(labelled):
    told = labelled.client.describe_model(ModelName="pump-model")
    assert told["LabelsInputConfiguration"] == GROUP
    assert "RoleArn" not in told


def test_a_training_is_measured_by_anomalies_and_not_by_neutral_ranges(plant):
    faulty, overhauled, healthy = (JANUARY + number * DAY for number in (24, 27, 29))

    def machine(moment: datetime) -> tuple[float, ...]:
        return broken(moment) if moment.date() in (faulty.date(), overhauled.date()) else normal(moment)

    ingest(plant, machine=machine)
    plant.client.create_label_group(**GROUP)
    for day, rating in ((faulty, ANOMALY), (overhauled, NEUTRAL), (healthy, NO_ANOMALY)):
        plant.client.create_label(**GROUP, StartTime=day, EndTime=day + HOUR, Rating=rating)
    ranges = {
        "TrainingDataStartTime": JANUARY,
        "TrainingDataEndTime": JANUARY + 20 * DAY,
        "EvaluationDataStartTime": JANUARY + 20 * DAY,
        "EvaluationDataEndTime": JANUARY + 31 * DAY,
    }
    told = train(plant, LabelsInputConfiguration=GROUP, **ranges)
    metrics = json.loads(told["ModelMetrics"])
    assert metrics["labeled_ranges"] == [{"start": "2026-01-25T00:00:00.000000", "end": "2026-01-25T01:00:00.000000"}]
    assert metrics["labeled_event_metrics"]["num_identified"] == 1
    assert {entry["start"][:10] for entry in metrics["predicted_ranges"]} == {"2026-01-25", "2026-01-28"}
    assert metrics["unknown_event_metrics"]["num_identified"] == 0
    assert told["ModelQuality"] == "QUALITY_THRESHOLD_MET"


def test_ranges_that_are_no_normal_data_are_not_learnt_from(plant):
    ingest(plant)
    plant.client.create_label_group(**GROUP)
    halves = (JANUARY, JANUARY + 16 * DAY, JANUARY + 31 * DAY)
    for start, end, rating in ((halves[0], halves[1], ANOMALY), (halves[1], halves[2], NEUTRAL)):
        plant.client.create_label(**GROUP, StartTime=start, EndTime=end, Rating=rating)
    told = train(plant, LabelsInputConfiguration=GROUP)
    assert told["Status"] == "FAILED"
    assert "without the labelled" in told["FailedReason"]
