"""Every change of a scheduler's state, through boto3, in process and over a socket."""

import re

import pytest
from engine_world import INPUT, OUTPUT, ROLE, World, refused, scheduler_request

from service.engine.store import schedulers, tags


@pytest.fixture
def world(world_both_ways: World) -> World:
    return world_both_ways


def status(world: World, name: str = "s") -> str:
    return world.client.describe_inference_scheduler(InferenceSchedulerName=name)["Status"]


def test_create_also_starts(world: World):
    world.model("m")
    answer = world.client.create_inference_scheduler(**scheduler_request("s", ModelName="m"))
    assert answer["Status"] == "PENDING"
    assert answer["InferenceSchedulerName"] == "s"
    assert re.fullmatch(
        rf"arn:aws:lookoutequipment:{world.region}:123456789012:inference-scheduler/s/[0-9a-f-]{{36}}",
        answer["InferenceSchedulerArn"],
    )
    assert status(world) == "PENDING"
    world.done_settling("s")
    assert status(world) == "RUNNING"


def test_stop_goes_over_stopping_to_stopped(world: World):
    arn = world.scheduler("s")["InferenceSchedulerArn"]
    answer = world.client.stop_inference_scheduler(InferenceSchedulerName="s")
    assert answer["Status"] == "STOPPING"
    assert (answer["InferenceSchedulerArn"], answer["ModelName"]) == (arn, "model-of-s")
    assert status(world) == "STOPPING"
    world.done_settling("s")
    assert status(world) == "STOPPED"


def test_start_goes_over_pending_to_running(world: World):
    world.scheduler("s", status="STOPPED")
    assert world.client.start_inference_scheduler(InferenceSchedulerName="s")["Status"] == "PENDING"
    assert status(world) == "PENDING"
    world.done_settling("s")
    assert status(world) == "RUNNING"


def test_start_counts_from_now_so_that_windows_while_it_was_stopped_are_not_run(world: World):
    world.scheduler("s", status="STOPPED")
    world.clock.move(hours=3)
    world.client.start_inference_scheduler(InferenceSchedulerName="s")
    with world.resources.database.begin() as connection:
        assert schedulers.find(connection, world.scope, "s").activated_at == world.clock()


def test_one_that_is_pending_can_be_stopped_and_is_stopped_at_once(world: World):
    """It has nothing in flight; clients loop while it is STOPPING, and one look at STOPPED ends the loop."""
    world.scheduler("s", status="PENDING")
    assert world.client.stop_inference_scheduler(InferenceSchedulerName="s")["Status"] == "STOPPED"
    assert status(world) == "STOPPED"


def test_delete_makes_it_vanish_from_the_list(world: World):
    world.scheduler("s", status="STOPPED")
    assert len(world.client.list_inference_schedulers()["InferenceSchedulerSummaries"]) == 1
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    assert world.client.list_inference_schedulers()["InferenceSchedulerSummaries"] == []
    refused("ResourceNotFoundException", world.client.describe_inference_scheduler, InferenceSchedulerName="s")


def test_tags_go_with_the_scheduler(world: World):
    arn = world.scheduler("s", status="STOPPED", Tags=[{"Key": "team", "Value": "pumps"}])["InferenceSchedulerArn"]
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    with world.resources.database.begin() as connection:
        assert tags.read(connection, arn) == {}


def test_a_scheduler_made_again_has_another_arn(world: World):
    first = world.scheduler("s", status="STOPPED")
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    second = world.scheduler("s", ModelName="model-of-s")
    assert first["InferenceSchedulerArn"] != second["InferenceSchedulerArn"]


def test_describe_spells_out_every_default(world: World):
    """Clients index the time zone and the file names without a default of their own."""
    place = {"S3InputConfiguration": {"Bucket": "sensor-data"}}
    results = {"S3OutputConfiguration": {"Bucket": "sensor-data"}}
    world.scheduler("s", DataInputConfiguration=place, DataOutputConfiguration=results)
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert told["DataDelayOffsetInMinutes"] == 0
    assert told["DataInputConfiguration"] == {
        "S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": ""},
        "InputTimeZoneOffset": "+00:00",
        "InferenceInputNameConfiguration": {
            "TimestampFormat": "yyyyMMddHHmmss",
            "ComponentTimestampDelimiter": "_",
        },
    }
    assert told["DataOutputConfiguration"] == {"S3OutputConfiguration": {"Bucket": "sensor-data", "Prefix": ""}}
    assert "ServerSideKmsKeyId" not in told
    assert "LatestInferenceResult" not in told
    assert (told["RoleArn"], told["ModelName"]) == (ROLE, "model-of-s")
    assert told["CreatedAt"] == told["UpdatedAt"]


@pytest.mark.parametrize("delimiter", ["-", "_", " ", ""])
def test_every_delimiter_comes_back_as_it_was_given(world: World, delimiter: str):
    names = {"TimestampFormat": "EPOCH", "ComponentTimestampDelimiter": delimiter}
    world.scheduler("s", DataInputConfiguration=INPUT | {"InferenceInputNameConfiguration": names})
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert told["DataInputConfiguration"]["InferenceInputNameConfiguration"] == names


def test_describe_shows_what_create_was_given(world: World):
    key = f"arn:aws:kms:{world.region}:123456789012:key/abc"
    world.scheduler(
        "s",
        DataDelayOffsetInMinutes=60,
        DataUploadFrequency="PT1H",
        DataOutputConfiguration=OUTPUT | {"KmsKeyId": key},
        ServerSideKmsKeyId=key,
    )
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert (told["DataDelayOffsetInMinutes"], told["DataUploadFrequency"]) == (60, "PT1H")
    assert told["DataOutputConfiguration"] == OUTPUT | {"KmsKeyId": key}
    assert told["ServerSideKmsKeyId"] == key


@pytest.mark.parametrize("state", ["RUNNING", "STOPPED"])
def test_update_changes_what_is_given_and_keeps_the_rest(world: World, state: str):
    world.scheduler("s", status=state, DataDelayOffsetInMinutes=5)
    before = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    world.clock.move(minutes=10)
    world.client.update_inference_scheduler(InferenceSchedulerName="s", DataUploadFrequency="PT15M")
    after = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    changed = {name for name in before if name != "ResponseMetadata" and before[name] != after[name]}
    assert changed == {"DataUploadFrequency", "UpdatedAt"}
    assert after["DataUploadFrequency"] == "PT15M"
    assert after["UpdatedAt"] > before["UpdatedAt"]


def test_update_can_set_the_delay_back_to_zero(world: World):
    world.scheduler("s", DataDelayOffsetInMinutes=5)
    world.client.update_inference_scheduler(InferenceSchedulerName="s", DataDelayOffsetInMinutes=0)
    assert world.client.describe_inference_scheduler(InferenceSchedulerName="s")["DataDelayOffsetInMinutes"] == 0


def test_a_structure_in_an_update_replaces_the_whole_old_one(world: World):
    world.scheduler("s", DataInputConfiguration=INPUT | {"InputTimeZoneOffset": "+05:30"})
    elsewhere = {"S3InputConfiguration": {"Bucket": "other-bucket", "Prefix": "in/"}}
    world.client.update_inference_scheduler(InferenceSchedulerName="s", DataInputConfiguration=elsewhere)
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")["DataInputConfiguration"]
    assert told["S3InputConfiguration"]["Bucket"] == "other-bucket"
    assert told["InputTimeZoneOffset"] == "+00:00"


def test_the_quality_of_the_model_comes_with_create_where_it_is_known(world: World):
    world.model("m", status="IN_PROGRESS")
    world.done_training("m", model_quality="POOR_QUALITY_DETECTED")
    answer = world.client.create_inference_scheduler(**scheduler_request("s", ModelName="m"))
    assert answer["ModelQuality"] == "POOR_QUALITY_DETECTED"


def test_the_list_filters_by_name_model_and_status(world: World):
    world.scheduler("pump-1")
    world.scheduler("pump-2", status="STOPPED")
    world.scheduler("Pump-3")

    def names(**filters: str) -> list[str]:
        found = world.client.list_inference_schedulers(**filters)["InferenceSchedulerSummaries"]
        return [entry["InferenceSchedulerName"] for entry in found]

    assert sorted(names()) == ["Pump-3", "pump-1", "pump-2"]
    assert names(InferenceSchedulerNameBeginsWith="pump-") == ["pump-1", "pump-2"]
    assert names(InferenceSchedulerNameBeginsWith="pump_") == []
    assert names(ModelName="model-of-pump-2") == ["pump-2"]
    assert names(ModelName="none") == []
    assert names(Status="STOPPED") == ["pump-2"]
    assert names(InferenceSchedulerNameBeginsWith="pump-", Status="RUNNING") == ["pump-1"]


def test_an_entry_of_the_list_has_the_members_of_the_service(world: World):
    arn = world.scheduler("s")["InferenceSchedulerArn"]
    (entry,) = world.client.list_inference_schedulers()["InferenceSchedulerSummaries"]
    model_arn = entry.pop("ModelArn")
    assert "/model-of-s/" in model_arn
    assert entry == {
        "ModelName": "model-of-s",
        "InferenceSchedulerName": "s",
        "InferenceSchedulerArn": arn,
        "Status": "RUNNING",
        "DataDelayOffsetInMinutes": 0,
        "DataUploadFrequency": "PT5M",
    }
