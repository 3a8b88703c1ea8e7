"""Versions of models through boto3: describe, list, activate."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA, World, refused

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))
DAY = timedelta(days=1)
LABELS = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
DIAGNOSTICS = {"S3OutputConfiguration": {"Bucket": "sensor-data", "Prefix": "diagnostics/"}}
ASKED = {
    "TrainingDataStartTime": JANUARY,
    "TrainingDataEndTime": FEBRUARY,
    "EvaluationDataStartTime": FEBRUARY,
    "EvaluationDataEndTime": MARCH,
    "LabelsInputConfiguration": LABELS,
    "RoleArn": ROLE,
    "OffCondition": "pump\\Sensor0<4000",
    "DataPreProcessingConfiguration": {"TargetSamplingRate": "PT5M"},
    "ModelDiagnosticsOutputConfiguration": DIAGNOSTICS,
    "ServerSideKmsKeyId": "arn:aws:kms:eu-west-1:123456789012:key/of-the-model",
}


@pytest.fixture
def versions(world: World) -> World:
    """A model with a version 1 that is active, a 2 that was retrained well, a 3 that failed; a day apart."""
    world.model("m")
    world.clock.move(days=1)
    world.done_retraining("m", model_quality="QUALITY_THRESHOLD_MET")
    world.clock.move(days=1)
    world.done_retraining("m", "FAILED", failed_reason="There are no rows in the range.")
    return world


def numbers(world: World, **filters: Any) -> list[int]:
    found = world.client.list_model_versions(ModelName="m", **filters)["ModelVersionSummaries"]
    return [summary["ModelVersion"] for summary in found]


def test_a_version_tells_what_it_was_made_from(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m", status="IN_PROGRESS", **ASKED)["ModelArn"]
    told = world.client.describe_model_version(ModelName="m", ModelVersion=1)
    assert {name: told[name] for name in ASKED} == ASKED
    assert json.loads(told["Schema"]) == SCHEMA
    assert (told["ModelArn"], told["ModelVersion"]) == (arn, 1)
    assert told["ModelVersionArn"] == f"{arn}/model-version/1"
    assert (told["Status"], told["SourceType"], told["DatasetName"]) == ("IN_PROGRESS", "TRAINING", "plant")
    assert told["CreatedAt"] == told["LastUpdatedTime"] == world.clock()
    assert not told.keys() & {"ModelMetrics", "FailedReason", "AutoPromotionResult", "PriorModelMetrics"}


def test_a_version_tells_what_came_of_it(world: World):
    world.model("m", status="IN_PROGRESS", **ASKED)
    place = {"Bucket": "sensor-data", "Key": "diagnostics/model_diagnostics_results.json.gz"}
    ended = {"training_started_at": FEBRUARY, "training_ended_at": MARCH, "model_metrics": "{}"}
    world.done_training("m", model_quality="POOR_QUALITY_DETECTED", diagnostics_result=place, **ended)
    told = world.client.describe_model_version(ModelName="m", ModelVersion=1)
    assert (told["Status"], told["ModelMetrics"]) == ("SUCCESS", "{}")
    assert (told["TrainingExecutionStartTime"], told["TrainingExecutionEndTime"]) == (FEBRUARY, MARCH)
    assert (told["ModelQuality"], told["ModelDiagnosticsResultsObject"]) == ("POOR_QUALITY_DETECTED", place)


def test_a_retrained_version_tells_how_it_was_judged(world: World):
    world.model("m")
    world.done_retraining(
        "m",
        model_metrics='{"new": 1}',
        prior_model_metrics='{"old": 1}',
        retraining_available_data_in_days=170,
        auto_promotion_result="MODEL_NOT_PROMOTED",
        auto_promotion_result_reason="The old version is as good.",
    )
    told = world.client.describe_model_version(ModelName="m", ModelVersion=2)
    assert (told["SourceType"], told["RetrainingAvailableDataInDays"]) == ("RETRAINING", 170)
    assert (told["ModelMetrics"], told["PriorModelMetrics"]) == ('{"new": 1}', '{"old": 1}')
    assert told["AutoPromotionResult"] == "MODEL_NOT_PROMOTED"
    assert told["AutoPromotionResultReason"] == "The old version is as good."


def test_an_imported_version_tells_where_it_came_from(world: World):
    source = "arn:aws:lookoutequipment:eu-west-1:210987654321:model/theirs/4e3a/model-version/3"
    world.model("m")
    imported = {"source_model_version_arn": source, "import_started_at": JANUARY, "import_ended_at": FEBRUARY}
    world.done_retraining("m", source_type="IMPORT", imported_data_size=12_345, **imported)
    told = world.client.describe_model_version(ModelName="m", ModelVersion=2)
    assert (told["SourceType"], told["SourceModelVersionArn"]) == ("IMPORT", source)
    assert (told["ImportJobStartTime"], told["ImportJobEndTime"]) == (JANUARY, FEBRUARY)
    assert told["ImportedDataSizeInBytes"] == 12_345


@pytest.mark.parametrize("number", [4, 2**31, 2**62])
def test_a_version_that_is_not_there_is_not_found(versions: World, number: int):
    asked = {"ModelName": "m", "ModelVersion": number}
    assert f"m/{number}" in refused("ResourceNotFoundException", versions.client.describe_model_version, **asked)
    refused("ResourceNotFoundException", versions.client.update_active_model_version, **asked)
    assert numbers(versions, MinModelVersion=number) == []


def test_a_model_that_is_not_there_is_not_found(client: Any):
    asked = {"ModelName": "nobody", "ModelVersion": 1}
    refused("ResourceNotFoundException", client.describe_model_version, **asked)
    refused("ResourceNotFoundException", client.update_active_model_version, **asked)


def test_a_name_that_cannot_be_one_is_a_validation_error(client: Any):
    asked = {"ModelName": "not a name", "ModelVersion": 1}
    refused("ValidationException", client.describe_model_version, **asked)
    refused("ValidationException", client.update_active_model_version, **asked)
    refused("ValidationException", client.list_model_versions, ModelName="not a name")


def test_versions_are_listed_newest_first(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m")["ModelArn"]
    world.done_retraining("m", model_quality="CANNOT_DETERMINE_QUALITY")
    first, second = world.client.list_model_versions(ModelName="m")["ModelVersionSummaries"]
    assert first == {
        "ModelName": "m",
        "ModelArn": arn,
        "ModelVersion": 2,
        "ModelVersionArn": f"{arn}/model-version/2",
        "CreatedAt": world.clock(),
        "Status": "SUCCESS",
        "SourceType": "RETRAINING",
        "ModelQuality": "CANNOT_DETERMINE_QUALITY",
    }
    assert (second["ModelVersion"], second["SourceType"]) == (1, "TRAINING")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, [3, 2, 1]),
        ({"Status": "SUCCESS"}, [2, 1]),
        ({"Status": "CANCELED"}, []),
        ({"SourceType": "RETRAINING"}, [3, 2]),
        ({"SourceType": "IMPORT"}, []),
        ({"MinModelVersion": 2}, [3, 2]),
        ({"MaxModelVersion": 2}, [2, 1]),
        ({"MinModelVersion": 2, "MaxModelVersion": 2}, [2]),
        ({"MinModelVersion": 3, "MaxModelVersion": 1}, []),
        ({"MaxModelVersion": 2**40}, [3, 2, 1]),
        ({"Status": "SUCCESS", "SourceType": "RETRAINING"}, [2]),
    ],
)
def test_filters_choose_versions(versions: World, filters: dict[str, Any], found: list[int]):
    assert numbers(versions, **filters) == found


def test_times_choose_versions_made_strictly_between(versions: World):
    """ "Before this time" and "after this time", the service says."""
    second = versions.client.describe_model_version(ModelName="m", ModelVersion=2)["CreatedAt"]
    assert numbers(versions, CreatedAtStartTime=second - DAY, CreatedAtEndTime=second + DAY / 2) == [2]
    assert numbers(versions, CreatedAtStartTime=second + DAY / 2) == [3]
    assert numbers(versions, CreatedAtEndTime=second - DAY / 2) == [1]


def test_pages_go_down_through_the_versions(versions: World):
    first = versions.client.list_model_versions(ModelName="m", MaxResults=2)
    second = versions.client.list_model_versions(ModelName="m", MaxResults=2, NextToken=first["NextToken"])
    assert [summary["ModelVersion"] for summary in first["ModelVersionSummaries"]] == [3, 2]
    assert [summary["ModelVersion"] for summary in second["ModelVersionSummaries"]] == [1]
    assert "NextToken" not in second


def test_a_token_of_another_list_is_a_validation_error(versions: World):
    token = versions.client.list_model_versions(ModelName="m", MaxResults=1)["NextToken"]
    list_versions = versions.client.list_model_versions
    assert "other filters" in refused(
        "ValidationException", list_versions, ModelName="m", Status="SUCCESS", NextToken=token
    )
    refused("ValidationException", list_versions, ModelName="m", NextToken="made up")


def test_a_model_that_does_not_exist_has_no_versions(client: Any):
    """The model of the service promises an empty list, though it declares ResourceNotFoundException beside it."""
    assert client.list_model_versions(ModelName="nobody")["ModelVersionSummaries"] == []


@pytest.mark.parametrize("wrong", [{"Status": "DONE"}, {"SourceType": "MAGIC"}, {"MaxResults": 501}])
def test_list_refuses_what_is_not_in_the_model_of_the_service(versions: World, wrong: dict[str, Any]):
    refused("ValidationException", versions.client.list_model_versions, ModelName="m", **wrong)


def test_another_version_is_activated(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m")["ModelArn"]
    first_at = world.clock()
    world.done_retraining("m")
    world.clock.move(hours=1)
    answer = world.client.update_active_model_version(ModelName="m", ModelVersion=2)
    del answer["ResponseMetadata"]
    assert answer == {
        "ModelName": "m",
        "ModelArn": arn,
        "CurrentActiveVersion": 2,
        "CurrentActiveVersionArn": f"{arn}/model-version/2",
        "PreviousActiveVersion": 1,
        "PreviousActiveVersionArn": f"{arn}/model-version/1",
    }
    told = world.client.describe_model(ModelName="m")
    assert (told["ActiveModelVersion"], told["ModelVersionActivatedAt"]) == (2, world.clock())
    assert (told["PreviousActiveModelVersion"], told["PreviousModelVersionActivatedAt"]) == (1, first_at)
    assert told["PreviousActiveModelVersionArn"] == f"{arn}/model-version/1"


def test_activating_the_active_version_changes_nothing(versions: World):
    before = versions.client.describe_model(ModelName="m")
    answer = versions.client.update_active_model_version(ModelName="m", ModelVersion=1)
    assert answer["CurrentActiveVersion"] == 1
    assert "PreviousActiveVersion" not in answer
    after = versions.client.describe_model(ModelName="m")
    assert after["ModelVersionActivatedAt"] == before["ModelVersionActivatedAt"]


def test_an_older_version_may_come_back(versions: World):
    versions.client.update_active_model_version(ModelName="m", ModelVersion=2)
    answer = versions.client.update_active_model_version(ModelName="m", ModelVersion=1)
    assert (answer["CurrentActiveVersion"], answer["PreviousActiveVersion"]) == (1, 2)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED", "IMPORT_IN_PROGRESS", "CANCELED"])
def test_only_a_version_that_succeeded_can_be_activated(world: World, status: str):
    world.model("m")
    world.done_retraining("m", status)
    said = refused("ConflictException", world.client.update_active_model_version, ModelName="m", ModelVersion=2)
    assert f"is {status}" in said
    assert world.client.describe_model(ModelName="m")["ActiveModelVersion"] == 1


def test_describe_shows_ranges_and_metrics_of_the_active_version(world: World):
    world.model("m", TrainingDataStartTime=JANUARY, TrainingDataEndTime=FEBRUARY)
    retrained = {"training_data_start_time": FEBRUARY, "training_data_end_time": MARCH}
    world.done_retraining("m", model_metrics='{"new": 1}', prior_model_metrics='{"old": 1}', **retrained)
    assert world.client.describe_model(ModelName="m")["TrainingDataStartTime"] == JANUARY
    world.client.update_active_model_version(ModelName="m", ModelVersion=2)
    told = world.client.describe_model(ModelName="m")
    assert (told["TrainingDataStartTime"], told["TrainingDataEndTime"]) == (FEBRUARY, MARCH)
    assert (told["ModelMetrics"], told["PriorModelMetrics"]) == ('{"new": 1}', '{"old": 1}')


def test_the_quality_of_the_active_version_is_listed(versions: World):
    versions.client.update_active_model_version(ModelName="m", ModelVersion=2)
    (summary,) = versions.client.list_models()["ModelSummaries"]
    assert (summary["ActiveModelVersion"], summary["ModelQuality"]) == (2, "QUALITY_THRESHOLD_MET")


def test_a_model_cannot_be_deleted_while_it_is_retrained(world: World):
    world.model("m")
    world.done_retraining("m", "IN_PROGRESS")
    assert "being trained" in refused("ConflictException", world.client.delete_model, ModelName="m")
