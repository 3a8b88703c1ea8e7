"""PutResourcePolicy, DescribeResourcePolicy, DeleteResourcePolicy."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from engine_world import World, refused

from service.engine.store import resource_policies

OTHER = "222222222222"


def policy_of(arn: str, **members: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "lookoutequipment:*", "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | members]})


def kept_arns(world: World, *arns: str) -> list[str]:
    with world.resources.database.begin() as connection:
        return [arn for arn in arns if resource_policies.find(connection, arn)]


@pytest.fixture(params=["dataset", "model", "model version"])
def arn(request: pytest.FixtureRequest, world: World) -> str:
    """Of everything that can have a policy."""
    if request.param == "dataset":
        return world.dataset()["DatasetArn"]
    model_arn = world.model()["ModelArn"]
    return model_arn if request.param == "model" else f"{model_arn}/model-version/1"


@pytest.fixture
def put(client: Any) -> Callable[..., str]:
    """Attach a policy to an ARN; its revision."""

    def put(arn: str, text: str = "", **more: str) -> str:
        answer = client.put_resource_policy(ResourceArn=arn, ResourcePolicy=text or policy_of(arn), **more)
        assert answer["ResourceArn"] == arn
        return answer["PolicyRevisionId"]

    return put


def test_a_policy_comes_back_as_it_was_sent(world: World, arn: str, put: Callable):
    revision = put(arn)
    told = world.client.describe_resource_policy(ResourceArn=arn)
    assert (told["ResourcePolicy"], told["PolicyRevisionId"]) == (policy_of(arn), revision)
    assert told["CreationTime"] == told["LastModifiedTime"] == world.clock()
    assert int(revision, 16)


def test_a_new_policy_takes_the_place_of_the_old(world: World, arn: str, put: Callable):
    first, made = put(arn), world.clock()
    world.clock.move(minutes=5)
    second = put(arn, policy_of(arn, Effect="Deny"), PolicyRevisionId=first)
    told = world.client.describe_resource_policy(ResourceArn=arn)
    assert (told["CreationTime"], told["LastModifiedTime"]) == (made, world.clock())
    assert told["PolicyRevisionId"] == second != first
    assert '"Deny"' in told["ResourcePolicy"]


def test_without_a_revision_the_last_writer_wins(world: World, put: Callable):
    arn = world.dataset()["DatasetArn"]
    put(arn)
    last = put(arn)
    assert world.client.describe_resource_policy(ResourceArn=arn)["PolicyRevisionId"] == last


def test_a_stale_revision_is_a_conflict(world: World, put: Callable):
    arn = world.dataset()["DatasetArn"]
    stale = put(arn)
    current = put(arn)
    asked = {"ResourceArn": arn, "ResourcePolicy": policy_of(arn), "PolicyRevisionId": stale}
    assert current in refused("ConflictException", world.client.put_resource_policy, **asked)


def test_a_revision_of_no_policy_is_a_conflict(world: World):
    arn = world.dataset()["DatasetArn"]
    asked = {"ResourceArn": arn, "ResourcePolicy": policy_of(arn), "PolicyRevisionId": "0f"}
    assert "there is none" in refused("ConflictException", world.client.put_resource_policy, **asked)


def test_a_request_that_comes_twice_is_one_revision(world: World, put: Callable):
    arn = world.dataset()["DatasetArn"]
    assert put(arn, ClientToken="t") == put(arn, ClientToken="t")


def test_a_deleted_policy_is_gone(world: World, arn: str, put: Callable):
    put(arn)
    world.client.delete_resource_policy(ResourceArn=arn)
    assert arn in refused("ResourceNotFoundException", world.client.describe_resource_policy, ResourceArn=arn)
    refused("ResourceNotFoundException", world.client.delete_resource_policy, ResourceArn=arn)


def test_policies_go_with_what_they_are_attached_to(world: World, put: Callable):
    dataset, other = world.dataset("short-lived")["DatasetArn"], world.dataset("kept")["DatasetArn"]
    model = world.model()["ModelArn"]
    arns = [dataset, other, model, f"{model}/model-version/1"]
    for arn in arns:
        put(arn)
    world.client.delete_dataset(DatasetName="short-lived")
    world.client.delete_model(ModelName="pump-model")
    assert kept_arns(world, *arns) == [other]


def test_what_is_not_there_has_no_policy(world: World):
    dataset = world.dataset()["DatasetArn"]
    model = world.model()["ModelArn"]
    for arn in (dataset + "0", f"{model}/model-version/2", dataset.replace(world.region, "elsewhere")):
        refused("ResourceNotFoundException", world.client.describe_resource_policy, ResourceArn=arn)
        refused("ResourceNotFoundException", world.client.delete_resource_policy, ResourceArn=arn)
        asked = {"ResourceArn": arn, "ResourcePolicy": policy_of(arn)}
        refused("ResourceNotFoundException", world.client.put_resource_policy, **asked)


def test_a_scheduler_cannot_be_shared(world: World):
    arn = world.scheduler()["InferenceSchedulerArn"]
    asked = {"ResourceArn": arn, "ResourcePolicy": policy_of(arn)}
    assert "datasets, models" in refused("ValidationException", world.client.put_resource_policy, **asked)
    refused("ValidationException", world.client.describe_resource_policy, ResourceArn=arn)
    refused("ValidationException", world.client.delete_resource_policy, ResourceArn=arn)


def test_a_policy_about_something_else_is_refused(world: World):
    arn, other = world.dataset()["DatasetArn"], world.dataset("other")["DatasetArn"]
    asked = {"ResourceArn": arn, "ResourcePolicy": policy_of(other)}
    assert "does not match" in refused("ValidationException", world.client.put_resource_policy, **asked)


@pytest.mark.parametrize("text", ["{}", "not json", policy_of("*", Condition={}), " " * 20_001])
def test_a_policy_that_is_none_is_refused(world: World, text: str):
    arn = world.dataset()["DatasetArn"]
    refused("ValidationException", world.client.put_resource_policy, ResourceArn=arn, ResourcePolicy=text)
    assert kept_arns(world, arn) == []


def test_a_policy_of_twenty_thousand_characters_is_kept(world: World, put: Callable):
    arn = world.dataset()["DatasetArn"]
    put(arn, policy_of(arn).ljust(20_000))
    assert len(world.client.describe_resource_policy(ResourceArn=arn)["ResourcePolicy"]) == 20_000
