"""A client that knows nothing of our members and operations: botocore's own description, and no other."""

import os
from typing import Any

import boto3
import pytest
from engine_world import INPUT, World
from wsgi_seam import led_in_process

from service.engine.app import create_app


@pytest.fixture
def plain(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of plain boto3, in process."""
    if "AWS_DATA_PATH" in os.environ:
        monkeypatch.delenv("AWS_DATA_PATH")
    client = boto3.Session().client(
        "lookoutequipment", region_name=world.region, aws_access_key_id="lookout", aws_secret_access_key="any"
    )
    return led_in_process(client, create_app(world.resources.settings, world.resources))


def test_a_plain_client_sees_nothing_of_what_is_ours(world: World, plain: Any):
    zone = INPUT | {"InputTimeZone": "Europe/Berlin"}
    world.scheduler("s", AnomalyThreshold=0.8, CatchUpPolicy="LATEST", DataInputConfiguration=zone)
    told = plain.describe_inference_scheduler(InferenceSchedulerName="s")
    assert not {"AnomalyThreshold", "CatchUpPolicy", "CatchUpHours"} & set(told)
    assert set(told["DataInputConfiguration"]) == {
        "S3InputConfiguration", "InputTimeZoneOffset", "InferenceInputNameConfiguration",
    }  # fmt: skip
    assert not hasattr(plain, "create_maintenance_window")


def test_what_a_plain_client_reads_and_writes_back_takes_nothing_away(world: World, plain: Any):
    zone = INPUT | {"InputTimeZone": "Europe/Berlin"}
    world.scheduler("s", AnomalyThreshold=0.8, CatchUpPolicy="LATEST", DataInputConfiguration=zone)
    told = plain.describe_inference_scheduler(InferenceSchedulerName="s")
    members = ("DataDelayOffsetInMinutes", "DataUploadFrequency", "DataInputConfiguration", "DataOutputConfiguration",
               "RoleArn")  # fmt: skip
    plain.update_inference_scheduler(InferenceSchedulerName="s", **{name: told[name] for name in members})
    kept = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert (kept["AnomalyThreshold"], kept["CatchUpPolicy"]) == (0.8, "LATEST")
    assert kept["DataInputConfiguration"]["InputTimeZone"] == "Europe/Berlin"
