"""Datasets through boto3."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from engine_world import INGESTION_INPUT, ROLE, SCHEMA, World, refused

from service.engine.store import datasets, ingestion_jobs
from service.quotas import Quotas

QUOTAS = Quotas()


def schema_of(*components: dict[str, Any]) -> dict[str, str]:
    return {"InlineDataSchema": json.dumps({"Components": list(components)})}


def component(name: str, *sensors: str, time: str = "Timestamp") -> dict[str, Any]:
    columns = [{"Name": time, "Type": "DATETIME"}, *({"Name": sensor, "Type": "DOUBLE"} for sensor in sensors)]
    return {"ComponentName": name, "Columns": columns}


def test_create_answers_name_arn_and_status(world_both_ways: World):
    world = world_both_ways
    answer = world.client.create_dataset(DatasetName="plant", DatasetSchema=schema_of(component("pump", "a")))
    assert (answer["DatasetName"], answer["Status"]) == ("plant", "CREATED")
    assert answer["DatasetArn"].startswith(f"arn:aws:lookoutequipment:{world.region}:123456789012:dataset/plant/")


def test_describe_gives_the_schema_back_as_text_that_old_clients_can_eval(world: World):
    world.dataset(ServerSideKmsKeyId=f"arn:aws:kms:{world.region}:123456789012:key/abc")
    told = world.client.describe_dataset(DatasetName="plant")
    assert eval(told["Schema"]) == SCHEMA
    assert (told["DatasetName"], told["Status"]) == ("plant", "ACTIVE")
    assert told["ServerSideKmsKeyId"].endswith("key/abc")
    assert "DataStartTime" not in told


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("1234abcd-12ab", "arn:aws:kms:{region}:123456789012:key/1234abcd-12ab"),
        ("alias/plant", "arn:aws:kms:{region}:123456789012:alias/plant"),
        ("arn:aws:kms:eu-west-1:222222222222:key/abc", "arn:aws:kms:eu-west-1:222222222222:key/abc"),
    ],
)
def test_a_key_is_told_by_its_arn_however_it_was_named(world: World, named: str, told: str):
    world.scheduler("s", ServerSideKmsKeyId=named)
    world.dataset("other", ServerSideKmsKeyId=named)
    world.model("m", ServerSideKmsKeyId=named)
    answers = [
        world.client.describe_inference_scheduler(InferenceSchedulerName="s"),
        world.client.describe_dataset(DatasetName="other"),
        world.client.describe_model(ModelName="m"),
        world.client.describe_model_version(ModelName="m", ModelVersion=1),
    ]
    assert {answer["ServerSideKmsKeyId"] for answer in answers} == {told.format(region=world.region)}


def test_a_schema_may_be_left_out_and_is_then_not_described(world: World):
    world.client.create_dataset(DatasetName="plant")
    assert "Schema" not in world.client.describe_dataset(DatasetName="plant")


def test_describe_shows_what_the_content_was_ingested_from(world: World):
    world.dataset()
    job_id = world.client.start_data_ingestion_job(
        DatasetName="plant", IngestionInputConfiguration=INGESTION_INPUT, RoleArn=ROLE
    )["JobId"]
    with world.resources.database.begin() as connection:
        ingestion_jobs.end(connection, job_id, status="SUCCESS", data_start_time=world.clock())
    world.done_ingesting("plant", job_id=job_id)
    told = world.client.describe_dataset(DatasetName="plant")
    assert (told["RoleArn"], told["IngestionInputConfiguration"]) == (ROLE, INGESTION_INPUT)
    assert told["DataStartTime"] == world.clock()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ("[]", '"Components"'),
        ('{"Components": []}', '"Components"'),
        ('{"Components": [5]}', "Components[0] must be an object"),
        ('{"Components": [{"ComponentName": "p"}]}', "Components[0] must be an object"),
        (json.dumps({"Components": [component("p q", "a")]}), "Components[0].ComponentName must satisfy"),
        (json.dumps({"Components": [component("p", "a b")]}), "Columns[1].Name must satisfy"),
        (json.dumps({"Components": [component("p")]}), "at least one of type DOUBLE"),
        (json.dumps({"Components": [component("p", "a", "a")]}), "the column 'a' twice"),
        (json.dumps({"Components": [component("p", "a"), component("p", "b")]}), "the component 'p' twice"),
        (
            json.dumps({"Components": [{"ComponentName": "p", "Columns": [{"Name": "a", "Type": "DOUBLE"}] * 2}]}),
            "twice",
        ),
        (
            json.dumps({"Components": [{"ComponentName": "p", "Columns": [{"Name": "a", "Type": "TEXT"}]}]}),
            "DATETIME or DOUBLE",
        ),
    ],
)
def test_a_schema_that_is_none_is_a_validation_error_that_says_where(world: World, text: str, complaint: str):
    request = {"DatasetName": "plant", "DatasetSchema": {"InlineDataSchema": text}}
    assert complaint in refused("ValidationException", world.client.create_dataset, **request)


def test_the_time_has_to_be_the_first_column(world: World):
    columns = [{"Name": "a", "Type": "DOUBLE"}, {"Name": "t", "Type": "DATETIME"}]
    request = {"DatasetName": "plant", "DatasetSchema": schema_of({"ComponentName": "p", "Columns": columns})}
    assert "the first" in refused("ValidationException", world.client.create_dataset, **request)


def test_more_columns_than_the_quota_are_refused(world: World):
    wide = component("p", *(f"s{number}" for number in range(QUOTAS.dataset_columns)))
    request = {"DatasetName": "plant", "DatasetSchema": schema_of(wide)}
    refused("ServiceQuotaExceededException", world.client.create_dataset, **request)


def test_a_name_in_use_is_a_conflict(world_both_ways: World):
    world_both_ways.dataset()
    refused("ConflictException", world_both_ways.client.create_dataset, DatasetName="plant")


@pytest.mark.parametrize("verb", ["describe_dataset", "delete_dataset"])
def test_an_unknown_dataset_is_not_found(world_both_ways: World, verb: str):
    refused("ResourceNotFoundException", getattr(world_both_ways.client, verb), DatasetName="none")


def test_a_sixteenth_dataset_exceeds_the_quota_but_a_name_in_use_stays_a_conflict(world: World):
    for number in range(QUOTAS.datasets):
        world.client.create_dataset(DatasetName=f"d{number}")
    refused("ServiceQuotaExceededException", world.client.create_dataset, DatasetName="one-more")
    refused("ConflictException", world.client.create_dataset, DatasetName="d0")


def test_the_quota_holds_when_many_create_at_once(world_both_ways: World):
    def create(number: int) -> bool:
        try:
            world_both_ways.client.create_dataset(DatasetName=f"d{number}")
        except world_both_ways.client.exceptions.ServiceQuotaExceededException:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(create, range(QUOTAS.datasets + 5)))
    assert sum(made) == QUOTAS.datasets


def test_the_list_filters_by_the_beginning_of_the_name(world: World):
    for name in ("pump_1", "pumps", "motor"):
        world.client.create_dataset(DatasetName=name)
    found = world.client.list_datasets(DatasetNameBeginsWith="pump_")["DatasetSummaries"]
    assert [entry["DatasetName"] for entry in found] == ["pump_1"]
    assert found[0].keys() == {"DatasetName", "DatasetArn", "Status", "CreatedAt"}


def test_delete_removes_it(world_both_ways: World):
    world = world_both_ways
    world.dataset()
    world.client.delete_dataset(DatasetName="plant")
    assert world.client.list_datasets()["DatasetSummaries"] == []


def test_a_dataset_that_a_model_was_made_from_cannot_be_deleted(world_both_ways: World):
    world_both_ways.model("m")
    assert "'m'" in refused("ConflictException", world_both_ways.client.delete_dataset, DatasetName="plant")


def test_a_dataset_that_is_being_ingested_cannot_be_deleted(world_both_ways: World):
    world = world_both_ways
    world.dataset()
    with world.resources.database.begin() as connection:
        row = datasets.find(connection, world.scope, "plant")
        datasets.change(connection, row.id, status="INGESTION_IN_PROGRESS")
    refused("ConflictException", world.client.delete_dataset, DatasetName="plant")
