"""ClientToken: the same request twice is one request."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore import xform_name
from engine_world import ROLE, World, refused, scheduler_request
from minimal_requests import minimal_requests
from sqlalchemy import text

from service.engine.store import client_tokens
from service.wire import service_model

NEW = {
    "CreateDataset": {"DatasetName": "new"},
    "CreateInferenceScheduler": {"InferenceSchedulerName": "new"},
    "CreateLabelGroup": {"LabelGroupName": "new"},
    "CreateModel": {"ModelName": "new"},
    "ImportDataset": {"DatasetName": "new"},
    "ImportModelFile": {"ModelName": "new"},
    "ImportModelVersion": {"ModelName": "new"},
}


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


def with_tokens() -> list[str]:
    names, described = sorted(service_model().operation_names), service_model().operation_model
    return [name for name in names if "ClientToken" in described(name).input_shape.members]


def request_of(world: World, operation: str) -> dict[str, Any]:
    """The smallest request of the operation, about what is there or for something new."""
    dataset_arn, model_arn = world.content("plant"), world.model("m")["ModelArn"]
    world.scheduler("s")
    world.client.create_label_group(LabelGroupName="faults")
    there = {"DatasetName": "plant", "ModelName": "m", "InferenceSchedulerName": "s", "LabelGroupName": "faults"}
    there |= {"ResourceArn": model_arn, "SourceDatasetArn": dataset_arn}
    there |= {"SourceModelVersionArn": f"{model_arn}/model-version/1"}
    request = minimal_requests(world.region)[operation]
    return request | {name: there[name] for name in request if name in there} | NEW.get(operation, {})


@pytest.mark.parametrize("operation", with_tokens())
def test_every_operation_with_a_token_keeps_to_it(world: World, operation: str):
    request = request_of(world, operation)
    world.resources.queue.sent.clear()
    call = getattr(world.client, xform_name(operation))
    first, again = (call(**request, ClientToken="once") for _ in range(2))
    assert {**first, "ResponseMetadata": None} == {**again, "ResponseMetadata": None}
    assert len(world.resources.queue.sent) <= 1
    assert "'once'" in refused("ConflictException", call, **request | other(operation), ClientToken="once")


def other(operation: str) -> dict[str, Any]:
    """A member with another value than the smallest request has."""
    members = service_model().operation_model(operation).input_shape.members
    others = {
        "Tags": [{"Key": "a", "Value": "b"}],
        "Notes": "other",
        "RoleArn": f"{ROLE}-other",
        "PromoteMode": "MANUAL",
    }
    others |= {"ExistingResults": "OVERWRITE", "PolicyRevisionId": "0"}
    return next({name: value} for name, value in others.items() if name in members)


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
