"""Quotas that a setting moves, through boto3; the defaults are tested with each kind of resource."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from engine_world import INGESTION_INPUT, ROLE, World, refused, scheduler_request
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app

QUOTA = "ServiceQuotaExceededException"


@pytest.fixture
def limited(world: World) -> Callable[[str], World]:
    """The same engine with these quotas."""

    def limit(quotas: str) -> World:
        resources = replace(world.resources, settings=replace(world.resources.settings, engine_quotas=quotas))
        client = led_in_process(equipment_client(world.region), create_app(resources.settings, resources))
        return World(client, resources, world.region)

    return limit


def test_more_than_the_service_allowed_can_be_had(limited):
    world = limited("label_groups=17")
    for number in range(17):
        world.client.create_label_group(LabelGroupName=f"g{number}")
    assert "17 label groups" in refused(QUOTA, world.client.create_label_group, LabelGroupName="one-more")


def test_labels_of_a_group_are_counted_group_by_group(limited):
    world = limited("labels_per_group=2")
    span = {"StartTime": world.clock(), "EndTime": world.clock() + timedelta(hours=1), "Rating": "NEUTRAL"}
    for name in ("first", "second"):
        world.client.create_label_group(LabelGroupName=name)
        made = [world.client.create_label(LabelGroupName=name, **span)["LabelId"] for _ in range(2)]
        assert "has 2 labels" in refused(QUOTA, world.client.create_label, LabelGroupName=name, **span)
        world.client.delete_label(LabelGroupName=name, LabelId=made[0])
        world.client.create_label(LabelGroupName=name, **span)


def test_datasets_and_their_columns_can_be_bounded(limited):
    refused(QUOTA, limited("dataset_columns=2").dataset)
    refused(QUOTA, limited("dataset_components=1").dataset)
    world = limited("datasets=1")
    world.dataset()
    refused(QUOTA, world.client.create_dataset, DatasetName="another")


def test_models_and_pending_trainings_can_be_bounded(limited):
    world = limited("models=2, pending_trainings=1")
    world.model("one", status="IN_PROGRESS")
    refused(QUOTA, world.client.create_model, ModelName="two", DatasetName="plant")
    world.done_training("one")
    world.model("two")
    refused(QUOTA, world.client.create_model, ModelName="three", DatasetName="plant")


def test_what_a_model_may_use_of_its_dataset_can_be_bounded(limited):
    limited("").dataset()
    schema = limited("").client.describe_dataset(DatasetName="plant")["Schema"]
    for chosen in ({}, {"DatasetSchema": {"InlineDataSchema": schema}}):
        asked: dict[str, Any] = {"ModelName": "m", "DatasetName": "plant", **chosen}
        refused(QUOTA, limited("model_columns=4").client.create_model, **asked)
        refused(QUOTA, limited("model_components=1").client.create_model, **asked)


def test_pending_ingestion_jobs_can_be_bounded(limited):
    world = limited("pending_ingestion_jobs=1")
    for name in ("one", "two"):
        world.dataset(name)
    asked = {"IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE}
    world.client.start_data_ingestion_job(DatasetName="one", **asked)
    refused(QUOTA, world.client.start_data_ingestion_job, DatasetName="two", **asked)


def test_tags_can_be_bounded(limited):
    world = limited("tags_per_resource=1")
    arn = world.client.create_label_group(LabelGroupName="g", Tags=[{"Key": "a", "Value": "1"}])["LabelGroupArn"]
    refused(QUOTA, world.client.tag_resource, ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])


def test_schedulers_of_a_model_can_be_allowed(limited):
    world = limited("schedulers_per_model=2")
    world.model("m")
    for name in ("one", "two"):
        world.scheduler(name, ModelName="m")
    refused(QUOTA, world.client.create_inference_scheduler, ModelName="m", **scheduler_request("three"))


def test_windows_of_a_replay_can_be_bounded(limited):
    world = limited("replay_windows=2")
    world.scheduler()
    start = world.clock().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    asked = {"InferenceSchedulerName": "pump-scheduler", "StartTime": start, "EndTime": start + timedelta(minutes=15)}
    message = refused("ValidationException", world.client.start_inference_replay, **asked)
    assert message == "A replay covers at most 2 windows; take a shorter range."
