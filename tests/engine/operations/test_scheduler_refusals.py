"""What the scheduler operations refuse, each through boto3.

Where AWS's pages leave the code open, the engine's choice is written down here.
"""

from typing import Any

import pytest
from engine_world import INPUT, World, refused, scheduler_request
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.store import database, schedulers

NAMED = ["Describe", "Start", "Stop", "Update", "Delete"]


def of(world: World, verb: str) -> Any:
    return getattr(world.client, f"{verb.lower()}_inference_scheduler")


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"InferenceSchedulerName": "bad name!"}, "inferenceSchedulerName"),
        ({"InferenceSchedulerName": "a" * 201}, "inferenceSchedulerName"),
        ({"DataUploadFrequency": "PT7M"}, "dataUploadFrequency"),
        ({"DataDelayOffsetInMinutes": 61}, "dataDelayOffsetInMinutes"),
        (
            {"DataInputConfiguration": {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "no-slash"}}},
            "dataInputConfiguration.s3InputConfiguration.prefix",
        ),
        (
            {"DataOutputConfiguration": {"S3OutputConfiguration": {"Bucket": "sensor-data", "Prefix": "no-slash"}}},
            "dataOutputConfiguration.s3OutputConfiguration.prefix",
        ),
        ({"DataInputConfiguration": INPUT | {"InputTimeZoneOffset": "5:30"}}, "inputTimeZoneOffset"),
        (
            {"DataInputConfiguration": INPUT | {"InferenceInputNameConfiguration": {"TimestampFormat": "EPOCHx"}}},
            "inferenceInputNameConfiguration.timestampFormat",
        ),
        ({"RoleArn": "arn:aws:iam::1:role/too-short-account"}, "roleArn"),
    ],
)
def test_a_malformed_field_is_a_validation_error(world: World, broken: dict[str, Any], path: str):
    request = scheduler_request("s", ModelName="m") | broken
    message = refused("ValidationException", world.client.create_inference_scheduler, **request)
    assert path in message


def test_an_unknown_status_in_a_filter_is_a_validation_error(world: World):
    refused("ValidationException", world.client.list_inference_schedulers, Status="FOO")
    refused("ValidationException", world.client.list_inference_executions, InferenceSchedulerName="s", Status="FOO")


@pytest.mark.parametrize("offset", ["-12:01", "+14:01", "+05:60", "-99:00"])
def test_an_offset_that_no_clock_shows_is_a_validation_error(world: World, offset: str):
    world.model("m")
    configuration = INPUT | {"InputTimeZoneOffset": offset}
    request = scheduler_request("s", ModelName="m", DataInputConfiguration=configuration)
    assert offset in refused("ValidationException", world.client.create_inference_scheduler, **request)


@pytest.mark.parametrize("offset", ["-12:00", "-00:00", "+05:30", "+05:45", "+12:00", "+13:00", "+14:00"])
def test_every_offset_that_some_clock_shows_is_taken(world: World, offset: str):
    """AWS lists half hours up to +12:00; Nepal and New Zealand have machines too."""
    world.scheduler("s", DataInputConfiguration=INPUT | {"InputTimeZoneOffset": offset})
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert told["DataInputConfiguration"]["InputTimeZoneOffset"] == offset


def test_an_input_without_a_place_in_s3_is_a_validation_error(world: World):
    world.model("m")
    request = scheduler_request("s", ModelName="m", DataInputConfiguration={"InputTimeZoneOffset": "+00:00"})
    assert "S3InputConfiguration" in refused("ValidationException", world.client.create_inference_scheduler, **request)


def test_create_for_a_model_that_does_not_exist_is_not_found(world: World):
    request = scheduler_request("s", ModelName="none")
    message = refused("ResourceNotFoundException", world.client.create_inference_scheduler, **request)
    assert message == "There is no model 'none' in this account and region."


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED"])
def test_create_for_a_model_that_is_not_trained_is_a_conflict(world: World, status: str):
    world.model("m", status=status)
    message = refused(
        "ConflictException", world.client.create_inference_scheduler, **scheduler_request("s", ModelName="m")
    )
    assert status in message


def test_create_with_a_name_in_use_is_a_conflict(world: World):
    world.scheduler("s")
    world.model("other")
    refused("ConflictException", world.client.create_inference_scheduler, **scheduler_request("s", ModelName="other"))


@pytest.mark.parametrize("status", ["RUNNING", "STOPPED"])
def test_a_second_scheduler_of_a_model_exceeds_the_quota_even_if_the_first_is_stopped(world: World, status: str):
    world.scheduler("first", status=status)
    request = scheduler_request("second", ModelName="model-of-first")
    message = refused("ServiceQuotaExceededException", world.client.create_inference_scheduler, **request)
    assert "'first'" in message


def test_a_name_in_use_comes_before_the_quota_of_the_model(world: World):
    """A client that creates again what it has is told Conflict, which is what it catches."""
    world.scheduler("s")
    request = scheduler_request("s", ModelName="model-of-s")
    refused("ConflictException", world.client.create_inference_scheduler, **request)


@pytest.mark.parametrize(("rate", "frequency"), [("PT30M", "PT15M"), ("PT1H", "PT30M"), ("PT10M", "PT5M")])
def test_a_frequency_shorter_than_the_sampling_rate_is_a_validation_error(world: World, rate: str, frequency: str):
    world.model("m", DataPreProcessingConfiguration={"TargetSamplingRate": rate})
    request = scheduler_request("s", ModelName="m", DataUploadFrequency=frequency)
    message = refused("ValidationException", world.client.create_inference_scheduler, **request)
    assert message == (
        f"DataUploadFrequency {frequency} is shorter than the TargetSamplingRate {rate} of the model 'm': "
        f"choose {rate} or longer."
    )


@pytest.mark.parametrize("frequency", ["PT30M", "PT1H"])
def test_a_frequency_as_long_as_the_sampling_rate_is_taken(world: World, frequency: str):
    world.model("m", DataPreProcessingConfiguration={"TargetSamplingRate": "PT30M"})
    world.scheduler("s", ModelName="m", DataUploadFrequency=frequency)


def test_an_update_to_a_frequency_shorter_than_the_sampling_rate_is_a_validation_error(world: World):
    world.model("m", DataPreProcessingConfiguration={"TargetSamplingRate": "PT30M"})
    world.scheduler("s", ModelName="m", DataUploadFrequency="PT1H")
    request = {"InferenceSchedulerName": "s", "DataUploadFrequency": "PT5M"}
    refused("ValidationException", world.client.update_inference_scheduler, **request)
    assert world.client.describe_inference_scheduler(InferenceSchedulerName="s")["DataUploadFrequency"] == "PT1H"


def test_a_bucket_that_does_not_exist_is_not_looked_for_at_create(world: World):
    """The open choice of the service: here a failing execution says it, with the sentence of the failure."""
    nowhere = {"S3InputConfiguration": {"Bucket": "no-such-bucket-anywhere"}}
    assert world.scheduler("s", status="PENDING", DataInputConfiguration=nowhere)["Status"] == "PENDING"


@pytest.mark.parametrize("status", ["RUNNING", "PENDING", "STOPPING"])
def test_start_of_one_that_is_not_stopped_is_a_conflict(world: World, status: str):
    world.scheduler("s", status=status)
    assert status in refused("ConflictException", of(world, "Start"), InferenceSchedulerName="s")


@pytest.mark.parametrize("status", ["STOPPED", "STOPPING"])
def test_stop_of_one_that_is_stopped_or_stopping_is_a_conflict(world: World, status: str):
    world.scheduler("s", status=status)
    assert status in refused("ConflictException", of(world, "Stop"), InferenceSchedulerName="s")


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "STOPPING"])
def test_delete_of_one_that_is_not_stopped_is_a_conflict(world: World, status: str):
    world.scheduler("s", status=status)
    assert status in refused("ConflictException", of(world, "Delete"), InferenceSchedulerName="s")


@pytest.mark.parametrize("status", ["PENDING", "STOPPING"])
def test_update_of_one_between_two_states_is_a_conflict(world: World, status: str):
    world.scheduler("s", status=status)
    refused("ConflictException", of(world, "Update"), InferenceSchedulerName="s", DataDelayOffsetInMinutes=5)


@pytest.mark.parametrize("verb", NAMED)
def test_an_unknown_name_is_not_found(world: World, verb: str):
    message = refused("ResourceNotFoundException", of(world, verb), InferenceSchedulerName="none")
    assert message == "There is no inference scheduler 'none' in this account and region."


@pytest.mark.parametrize("verb", NAMED)
def test_an_arn_is_no_name(world: World, verb: str):
    arn = world.scheduler("s", status="STOPPED")["InferenceSchedulerArn"]
    refused("ValidationException", of(world, verb), InferenceSchedulerName=arn)


def test_executions_of_an_unknown_name_are_an_empty_list(world: World):
    assert world.client.list_inference_executions(InferenceSchedulerName="none")["InferenceExecutionSummaries"] == []


def test_events_of_an_unknown_name_are_not_found(world: World):
    interval = {"IntervalStartTime": 0, "IntervalEndTime": 1}
    refused("ResourceNotFoundException", world.client.list_inference_events, InferenceSchedulerName="none", **interval)


@pytest.mark.parametrize("status", ["RUNNING", "STOPPED"])
def test_a_model_with_a_scheduler_cannot_be_deleted_even_if_it_is_stopped(world: World, status: str):
    world.scheduler("s", status=status)
    assert "'s'" in refused("ConflictException", world.client.delete_model, ModelName="model-of-s")


def test_a_scheduler_of_another_region_is_not_found(world: World, engine_resources):
    world.scheduler("s")
    app = create_app(engine_resources.settings, engine_resources)
    elsewhere = led_in_process(equipment_client("elsewhere-1"), app)
    refused("ResourceNotFoundException", elsewhere.describe_inference_scheduler, InferenceSchedulerName="s")


def test_too_many_calls_for_one_scheduler_are_throttled(world: World, monkeypatch: pytest.MonkeyPatch):
    """Clients try again by themselves after a ThrottlingException, so a call never waits for long."""
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.2)
    world.scheduler("s")
    with world.resources.database.begin() as somebody:
        schedulers.find(somebody, world.scope, "s", lock=True)
        refused("ThrottlingException", world.client.stop_inference_scheduler, InferenceSchedulerName="s")
    assert world.client.stop_inference_scheduler(InferenceSchedulerName="s")["Status"] == "STOPPING"


def test_reading_waits_for_nobody(world: World):
    world.scheduler("s")
    with world.resources.database.begin() as somebody:
        schedulers.find(somebody, world.scope, "s", lock=True)
        assert world.client.describe_inference_scheduler(InferenceSchedulerName="s")["Status"] == "RUNNING"
