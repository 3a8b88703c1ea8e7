"""Answers, as bytes and as botocore reads them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from engine_world import SCHEMA, World, scheduler_request
from raw_calls import SIGNED, send

from service.engine.protocol.answers import answer, epoch_seconds
from service.wire import service_model


def signed_for(region: str) -> str:
    return SIGNED.replace("local-1", region)


def test_every_answer_has_a_request_id_and_the_content_type_of_the_protocol(app: Callable):
    for operation in ("ListModels", "DescribeModel"):
        response = send(app, operation, {})
        assert UUID(response.headers["x-amzn-requestid"])
        assert response.headers["content-type"] == "application/x-amz-json-1.0"
        assert int(response.headers["content-length"]) == len(response.data)


def test_boto3_sees_the_request_id(world_both_ways: World):
    answered = world_both_ways.client.list_models()
    assert UUID(answered["ResponseMetadata"]["RequestId"])


def test_times_are_epoch_numbers_with_milliseconds(app: Callable, world: World):
    world.dataset()
    told = json.loads(
        send(app, "DescribeDataset", {"DatasetName": "plant"}, Authorization=signed_for(world.region)).data
    )
    assert told["CreatedAt"] == 1772370060.25


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        (datetime(2026, 3, 1, 13, 0, tzinfo=UTC), 1772370000),
        (datetime(2026, 3, 1, 13, 0, 0, 123_456, UTC), 1772370000.123),
        (datetime(2026, 3, 1, 13, 0, 0, 999_900, UTC), 1772370001),
    ],
)
def test_boundaries_are_whole_numbers(moment: datetime, number: float):
    assert epoch_seconds(moment) == number
    assert type(epoch_seconds(moment)) is type(number)


def test_a_void_operation_has_an_empty_body(app: Callable, world: World):
    world.dataset()
    response = send(app, "DeleteDataset", {"DatasetName": "plant"}, Authorization=signed_for(world.region))
    assert (response.status_code, response.data, response.headers["content-length"]) == (200, b"", "0")


def test_tag_and_untag_answer_an_empty_object(app: Callable, world: World):
    arn = world.dataset()["DatasetArn"]
    signed = {"Authorization": signed_for(world.region)}
    tagged = send(app, "TagResource", {"ResourceArn": arn, "Tags": [{"Key": "k", "Value": "v"}]}, **signed)
    assert tagged.data == b"{}"
    assert send(app, "UntagResource", {"ResourceArn": arn, "TagKeys": ["k"]}, **signed).data == b"{}"


def test_members_that_are_not_set_are_left_out():
    operation = service_model().operation_model("DescribeModel")
    body = answer(operation, {"ModelName": "m", "FailedReason": None}).data
    assert body == b'{"ModelName":"m"}'


def test_an_answer_can_only_have_members_of_the_model():
    with pytest.raises(KeyError):
        answer(service_model().operation_model("DescribeModel"), {"Colour": "red"})


def test_botocore_reads_a_whole_describe(world_both_ways: World):
    world = world_both_ways
    world.scheduler("s", status="RUNNING", DataDelayOffsetInMinutes=5)
    told = world.client.describe_inference_scheduler(InferenceSchedulerName="s")
    assert told["CreatedAt"] == world.clock().replace(tzinfo=told["CreatedAt"].tzinfo)
    assert told["DataDelayOffsetInMinutes"] == 5
    assert json.loads(world.client.describe_dataset(DatasetName="plant")["Schema"]) == SCHEMA


def test_faults_arrive_as_the_exceptions_of_the_client(world_both_ways: World):
    client = world_both_ways.client
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.create_inference_scheduler(ModelName="none", **scheduler_request("s"))
    assert caught.value.response["Message"] == caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
