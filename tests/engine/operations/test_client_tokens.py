"""ClientToken: the same request twice is one request."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from engine_world import INGESTION_INPUT, ROLE, SCHEMA, World, refused, scheduler_request
from sqlalchemy import text

from service.engine.store import client_tokens


def test_the_same_token_and_parameters_get_the_first_answer_again(world_both_ways: World):
    world = world_both_ways
    world.model("m")
    request = scheduler_request("s", ModelName="m", ClientToken="once")
    first = world.client.create_inference_scheduler(**request)
    again = world.client.create_inference_scheduler(**request)
    assert first["InferenceSchedulerArn"] == again["InferenceSchedulerArn"]
    assert len(world.client.list_inference_schedulers()["InferenceSchedulerSummaries"]) == 1


def test_the_same_token_with_other_parameters_is_a_conflict(world_both_ways: World):
    world = world_both_ways
    world.model("m")
    request = scheduler_request("s", ModelName="m", ClientToken="once")
    world.client.create_inference_scheduler(**request)
    message = refused(
        "ConflictException", world.client.create_inference_scheduler, **request | {"DataDelayOffsetInMinutes": 5}
    )
    assert "'once'" in message


def operations(world: World) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Each operation with a token that is built, with a request."""
    client, schema = world.client, {"InlineDataSchema": json.dumps(SCHEMA)}
    replay = {"InferenceSchedulerName": "s", "StartTime": 1772360000, "EndTime": 1772369000}
    ingestion = {"DatasetName": "plant", "IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE}
    return {
        "CreateDataset": (client.create_dataset, {"DatasetName": "d", "DatasetSchema": schema}),
        "CreateModel": (client.create_model, {"ModelName": "m2", "DatasetName": "plant"}),
        "CreateInferenceScheduler": (client.create_inference_scheduler, scheduler_request("s2", ModelName="m")),
        "StartInferenceReplay": (client.start_inference_replay, replay),
        "StartDataIngestionJob": (client.start_data_ingestion_job, ingestion),
    }


@pytest.mark.parametrize(
    "name",
    ["CreateDataset", "CreateModel", "CreateInferenceScheduler", "StartInferenceReplay", "StartDataIngestionJob"],
)
def test_every_operation_with_a_token_keeps_to_it(world: World, name: str):
    world.scheduler("s")
    world.model("m")
    call, request = operations(world)[name]
    first, again = (call(**request, ClientToken="once") for _ in range(2))
    assert {**first, "ResponseMetadata": None} == {**again, "ResponseMetadata": None}
    sent = [nudge for nudge in world.resources.queue.sent if nudge.task != "run_training" or "m2" in str(request)]
    assert len(sent) == len(set(sent))


def test_a_token_of_a_refused_request_can_be_used_again(world: World):
    request = scheduler_request("s", ModelName="m", ClientToken="once")
    refused("ResourceNotFoundException", world.client.create_inference_scheduler, **request)
    world.model("m")
    assert world.client.create_inference_scheduler(**request)["Status"] == "PENDING"


def test_a_token_is_one_operations_alone(world: World):
    world.client.create_dataset(DatasetName="a", ClientToken="once")
    world.dataset()
    assert world.client.create_model(ModelName="m", DatasetName="plant", ClientToken="once")["Status"] == "IN_PROGRESS"


def test_two_requests_with_one_token_at_the_same_time_make_one_resource(world_both_ways: World):
    world = world_both_ways

    def create(_: int) -> str:
        return world.client.create_dataset(DatasetName="d", ClientToken="once")["DatasetArn"]

    with ThreadPoolExecutor(4) as threads:
        arns = set(threads.map(create, range(4)))
    assert len(arns) == 1


def test_a_token_is_forgotten_after_a_day(world: World):
    world.client.create_dataset(DatasetName="a", ClientToken="once")
    with world.resources.database.begin() as connection:
        connection.execute(
            text("UPDATE client_tokens SET created_at = created_at - interval '25 hours' WHERE region = :region"),
            {"region": world.region},
        )
    assert world.client.create_dataset(DatasetName="b", ClientToken="once")["DatasetName"] == "b"
    with world.resources.database.begin() as connection:
        assert client_tokens.forget_old(connection) >= 0
