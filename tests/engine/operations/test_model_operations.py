"""Models through boto3."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA, World, refused

from service.engine.resources import Nudge
from service.engine.store import model_versions, models
from service.quotas import Quotas

QUOTAS = Quotas()
JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
LABELS = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
TRAINING = {"TrainingDataStartTime": JANUARY, "TrainingDataEndTime": FEBRUARY}
EVALUATION = {"EvaluationDataStartTime": FEBRUARY, "EvaluationDataEndTime": MARCH}


@pytest.fixture
def asked(world: World) -> dict[str, Any]:
    world.dataset()
    return {"ModelName": "m", "DatasetName": "plant"}


def test_create_answers_in_progress_and_nudges_the_trainer_for_version_1(world_both_ways: World):
    world = world_both_ways
    world.dataset()
    answer = world.client.create_model(ModelName="m", DatasetName="plant")
    assert answer["Status"] == "IN_PROGRESS"
    model_id = answer["ModelArn"].rpartition("/")[2]
    assert answer["ModelArn"] == f"arn:aws:lookoutequipment:{world.region}:123456789012:model/m/{model_id}"
    assert world.resources.queue.sent == [Nudge("training", "run_training", f"{model_id}/1")]


def test_describe_shows_what_was_asked_for(world_both_ways: World):
    world = world_both_ways
    pipeline = {"TargetSamplingRate": "PT5M"}
    more = {"LabelsInputConfiguration": LABELS, "RoleArn": ROLE, "OffCondition": "pump\\Sensor0<4000"}
    world.model("m", status="IN_PROGRESS", **TRAINING, **EVALUATION, **more, DataPreProcessingConfiguration=pipeline)
    told = world.client.describe_model(ModelName="m")
    asked = TRAINING | EVALUATION | more
    assert {name: told[name] for name in asked} == asked
    assert told["DataPreProcessingConfiguration"] == pipeline
    assert (told["Status"], told["DatasetName"]) == ("IN_PROGRESS", "plant")
    assert json.loads(told["Schema"]) == SCHEMA
    assert not told.keys() & {"ActiveModelVersion", "ModelMetrics", "FailedReason", "TrainingExecutionEndTime"}


def test_describe_shows_what_the_training_made(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m", status="IN_PROGRESS")["ModelArn"]
    ended = {"training_started_at": JANUARY, "training_ended_at": FEBRUARY, "model_metrics": "{}"}
    world.done_training("m", model_quality="QUALITY_THRESHOLD_MET", **ended)
    told = world.client.describe_model(ModelName="m")
    assert (told["Status"], told["ActiveModelVersion"]) == ("SUCCESS", 1)
    assert told["ActiveModelVersionArn"] == f"{arn}/model-version/1"
    assert (told["TrainingExecutionStartTime"], told["TrainingExecutionEndTime"]) == (JANUARY, FEBRUARY)
    assert (told["ModelMetrics"], told["ModelQuality"]) == ("{}", "QUALITY_THRESHOLD_MET")


def test_describe_says_why_a_training_failed(world: World):
    world.model("m", status="IN_PROGRESS")
    world.done_training("m", "FAILED", failed_reason="There are no rows in the range.")
    assert world.client.describe_model(ModelName="m")["FailedReason"] == "There are no rows in the range."


def test_a_schema_may_name_some_of_the_sensors(world: World, asked: dict[str, Any]):
    part = {"Components": [SCHEMA["Components"][1]]}
    world.client.create_model(**asked, DatasetSchema={"InlineDataSchema": json.dumps(part)})
    assert json.loads(world.client.describe_model(ModelName="m")["Schema"]) == part


def test_a_sensor_that_the_dataset_does_not_have_is_a_validation_error(world: World, asked: dict[str, Any]):
    columns = [{"Name": "Timestamp", "Type": "DATETIME"}, {"Name": "Oil", "Type": "DOUBLE"}]
    part = {"Components": [{"ComponentName": "pump", "Columns": columns}]}
    request = asked | {"DatasetSchema": {"InlineDataSchema": json.dumps(part)}}
    assert "pump\\Oil" in refused("ValidationException", world.client.create_model, **request)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (EVALUATION, "needs a training range"),
        ({"TrainingDataStartTime": JANUARY}, "go together"),
        (TRAINING | {"EvaluationDataEndTime": MARCH}, "go together"),
        ({"TrainingDataStartTime": MARCH, "TrainingDataEndTime": JANUARY}, "must be before"),
        (TRAINING | {"EvaluationDataStartTime": MARCH, "EvaluationDataEndTime": MARCH}, "must be before"),
        ({"LabelsInputConfiguration": LABELS}, "RoleArn is needed"),
        (
            {"ModelDiagnosticsOutputConfiguration": {"S3OutputConfiguration": {"Bucket": "sensor-data"}}},
            "RoleArn is needed",
        ),
        ({"OffCondition": "the pump is off"}, "one comparison"),
        ({"OffCondition": "pump\\Sensor0<1 and pump\\Sensor1>2"}, "one comparison"),
        ({"OffCondition": "pump\\Sensor0<low"}, "one comparison"),
        ({"OffCondition": "pump\\Oil<5"}, "OffCondition 'pump\\Oil<5' names a sensor that the model does not have"),
        ({"DataPreProcessingConfiguration": {"TargetSamplingRate": "PT2M"}}, "targetSamplingRate"),
    ],
)
def test_parameters_that_do_not_go_together_are_a_validation_error(
    world: World, asked: dict[str, Any], more: dict[str, Any], complaint: str
):
    assert complaint in refused("ValidationException", world.client.create_model, **asked | more)


def test_training_and_evaluation_range_may_overlap(world: World, asked: dict[str, Any]):
    same = {"EvaluationDataStartTime": JANUARY, "EvaluationDataEndTime": MARCH}
    told = world.client.create_model(**asked, TrainingDataStartTime=JANUARY, TrainingDataEndTime=MARCH, **same)
    assert told["Status"] == "IN_PROGRESS"


@pytest.mark.parametrize("condition", ["pump\\Sensor0<4000", "pump\\\\Sensor0 > -1.5e3", "motor\\Current<.5"])
def test_an_off_condition_is_one_comparison(world: World, asked: dict[str, Any], condition: str):
    world.client.create_model(**asked, OffCondition=condition)
    assert world.client.describe_model(ModelName="m")["OffCondition"] == condition


def test_a_range_may_begin_with_time_itself(world: World, asked: dict[str, Any]):
    """People write "everything up to" that way."""
    range = {"TrainingDataStartTime": -62135596800, "TrainingDataEndTime": 253402300799}
    world.client.create_model(**asked, **range)
    told = world.client.describe_model(ModelName="m")
    assert (told["TrainingDataStartTime"].year, told["TrainingDataEndTime"].year) == (1, 9999)


def test_a_label_group_is_not_found_since_there_are_none(world: World, asked: dict[str, Any]):
    request = asked | {"LabelsInputConfiguration": {"LabelGroupName": "faults"}}
    refused("ResourceNotFoundException", world.client.create_model, **request)


def test_an_unknown_dataset_is_not_found(world_both_ways: World):
    refused("ResourceNotFoundException", world_both_ways.client.create_model, ModelName="m", DatasetName="none")


def test_a_dataset_without_data_is_a_conflict(world_both_ways: World):
    world_both_ways.client.create_dataset(DatasetName="plant")
    message = refused("ConflictException", world_both_ways.client.create_model, ModelName="m", DatasetName="plant")
    assert "CREATED" in message


def test_a_name_in_use_is_a_conflict(world_both_ways: World):
    world_both_ways.model("m")
    refused("ConflictException", world_both_ways.client.create_model, ModelName="m", DatasetName="plant")


@pytest.mark.parametrize("verb", ["describe_model", "delete_model"])
def test_an_unknown_model_is_not_found(world_both_ways: World, verb: str):
    refused("ResourceNotFoundException", getattr(world_both_ways.client, verb), ModelName="none")


def test_a_model_that_is_being_trained_cannot_be_deleted(world_both_ways: World):
    world_both_ways.model("m", status="IN_PROGRESS")
    refused("ConflictException", world_both_ways.client.delete_model, ModelName="m")


@pytest.mark.parametrize("status", ["SUCCESS", "FAILED"])
def test_delete_removes_the_model_and_its_versions(world_both_ways: World, status: str):
    world = world_both_ways
    world.model("m", status=status)
    world.client.delete_model(ModelName="m")
    assert world.client.list_models()["ModelSummaries"] == []


def test_a_model_can_be_deleted_once_its_scheduler_is(world: World):
    world.scheduler("s", status="STOPPED")
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    world.client.delete_model(ModelName="model-of-s")


def test_a_sixteenth_model_exceeds_the_quota_but_a_name_in_use_stays_a_conflict(world: World):
    for number in range(QUOTAS.models):
        world.model(f"m{number}")
    message = refused("ServiceQuotaExceededException", world.client.create_model, ModelName="x", DatasetName="plant")
    assert "15 models" in message
    refused("ConflictException", world.client.create_model, ModelName="m0", DatasetName="plant")


def test_a_sixth_pending_training_exceeds_the_quota(world: World):
    for number in range(QUOTAS.pending_trainings):
        world.model(f"m{number}", status="IN_PROGRESS")
    message = refused("ServiceQuotaExceededException", world.client.create_model, ModelName="x", DatasetName="plant")
    assert "being trained" in message


def test_the_list_filters_by_status_model_and_dataset(world: World):
    world.model("pump-a")
    world.model("pump-b", status="FAILED")
    world.model("fan")

    def names(**filters: str) -> list[str]:
        return [entry["ModelName"] for entry in world.client.list_models(**filters)["ModelSummaries"]]

    assert names() == ["fan", "pump-a", "pump-b"]
    assert names(ModelNameBeginsWith="pump") == ["pump-a", "pump-b"]
    assert names(Status="FAILED") == ["pump-b"]
    assert names(DatasetNameBeginsWith="pl", ModelNameBeginsWith="f") == ["fan"]
    assert names(DatasetNameBeginsWith="other") == []


def test_a_training_takes_the_data_that_the_dataset_held_when_it_was_asked_for(world: World):
    world.dataset()
    world.done_ingesting("plant", job_id="a" * 32)
    world.model("m")
    world.done_ingesting("plant", job_id="b" * 32)
    with world.resources.database.begin() as connection:
        version = model_versions.newest(connection, models.find(connection, world.scope, "m").id)
    assert (version.version, version.ingestion_job_id, version.source_type) == (1, "a" * 32, "TRAINING")
