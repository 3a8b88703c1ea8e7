"""Tags through boto3."""

from typing import Any

import pytest
from engine_world import World, refused, scheduler_request

from service.engine.store import tags
from service.quotas import Quotas

QUOTAS = Quotas()


@pytest.fixture
def world(world_both_ways: World) -> World:
    return world_both_ways


def tags_of(world: World, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in world.client.list_tags_for_resource(ResourceArn=arn)["Tags"]}


def as_list(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def resources(world: World) -> dict[str, str]:
    """The ARN of each kind of resource that has tags."""
    scheduler = world.scheduler("s")["InferenceSchedulerArn"]
    model = world.client.describe_model(ModelName="model-of-s")
    return {
        "dataset": model["DatasetArn"],
        "model": model["ModelArn"],
        "model version": model["ActiveModelVersionArn"],
        "inference scheduler": scheduler,
    }


@pytest.mark.parametrize("kind", ["dataset", "model", "model version", "inference scheduler"])
def test_tags_are_set_overwritten_and_removed(world: World, kind: str):
    arn = resources(world)[kind]
    assert tags_of(world, arn) == {}
    world.client.tag_resource(ResourceArn=arn, Tags=as_list({"team": "pumps", "site": ""}))
    world.client.tag_resource(ResourceArn=arn, Tags=as_list({"team": "compressors"}))
    assert tags_of(world, arn) == {"site": "", "team": "compressors"}
    world.client.untag_resource(ResourceArn=arn, TagKeys=["site", "never-there"])
    assert tags_of(world, arn) == {"team": "compressors"}


def test_of_one_key_twice_the_last_counts(world: World):
    arn = world.dataset()["DatasetArn"]
    world.client.tag_resource(ResourceArn=arn, Tags=as_list({"team": "pumps"}) + as_list({"team": "valves"}))
    assert tags_of(world, arn) == {"team": "valves"}


def test_tags_come_with_the_resource(world: World):
    arn = world.dataset(Tags=as_list({"a": "1"}))["DatasetArn"]
    assert tags_of(world, arn) == {"a": "1"}
    arn = world.model("m", Tags=as_list({"b": "2"}))["ModelArn"]
    assert tags_of(world, arn) == {"b": "2"}
    request = scheduler_request("s", ModelName="m", Tags=as_list({"c": "3"}))
    assert tags_of(world, world.client.create_inference_scheduler(**request)["InferenceSchedulerArn"]) == {"c": "3"}


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lookoutequipment:{region}:123456789012:dataset/plant/another-uuid",
        "arn:aws:lookoutequipment:{region}:123456789012:dataset/none/{id}",
        "arn:aws:lookoutequipment:{region}:123456789012:model/plant/{id}",
        "arn:aws:lookoutequipment:{region}:123456789012:label-group/plant/{id}",
        "arn:aws:lookoutequipment:{region}:999999999999:dataset/plant/{id}",
        "arn:aws:lookoutequipment:elsewhere-1:123456789012:dataset/plant/{id}",
        "arn:aws:lookoutequipment:{region}:123456789012:dataset/plant/{id}/model-version/1",
    ],
)
def test_a_resource_that_is_not_there_is_not_found(world: World, arn: str):
    id = world.dataset()["DatasetArn"].rpartition("/")[2]
    there = arn.format(region=world.region, id=id)
    client: Any = world.client
    refused("ResourceNotFoundException", client.list_tags_for_resource, ResourceArn=there)
    refused("ResourceNotFoundException", client.tag_resource, ResourceArn=there, Tags=as_list({"k": "v"}))
    refused("ResourceNotFoundException", client.untag_resource, ResourceArn=there, TagKeys=["k"])


def test_the_tags_of_a_version_go_with_its_model(world: World):
    world.model("tagged")
    arn = world.client.describe_model(ModelName="tagged")["ActiveModelVersionArn"]
    world.client.tag_resource(ResourceArn=arn, Tags=as_list({"team": "pumps"}))
    world.client.delete_model(ModelName="tagged")
    with world.resources.database.begin() as connection:
        assert tags.read(connection, arn) == {}


def test_what_is_no_arn_of_a_resource_is_a_validation_error(world: World):
    bucket = "arn:aws:s3:::some-bucket-with-a-long-name"
    refused("ValidationException", world.client.list_tags_for_resource, ResourceArn=bucket)


def test_a_fifty_first_tag_exceeds_the_quota_and_nothing_is_written(world: World):
    arn = world.dataset()["DatasetArn"]
    world.client.tag_resource(
        ResourceArn=arn, Tags=as_list({f"k{number}": "" for number in range(QUOTAS.tags_per_resource)})
    )
    request = {"ResourceArn": arn, "Tags": as_list({"k0": "new", "one-more": ""})}
    refused("ServiceQuotaExceededException", world.client.tag_resource, **request)
    assert tags_of(world, arn)["k0"] == ""
    world.client.tag_resource(ResourceArn=arn, Tags=as_list({"k0": "new"}))


def test_too_many_tags_on_create_make_no_resource(world: World):
    many = as_list({f"k{number}": "" for number in range(QUOTAS.tags_per_resource + 1)})
    refused("ServiceQuotaExceededException", world.client.create_dataset, DatasetName="d", Tags=many)
    refused("ResourceNotFoundException", world.client.describe_dataset, DatasetName="d")


def test_keys_that_begin_with_aws_are_refused(world: World):
    arn = world.dataset()["DatasetArn"]
    refused("ValidationException", world.client.tag_resource, ResourceArn=arn, Tags=as_list({"aws:team": "x"}))
