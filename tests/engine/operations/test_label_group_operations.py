"""Label groups through boto3."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from engine_world import World, refused
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.quotas import Quotas

QUOTAS = Quotas()


def group(world: World, name: str = "bearings", **more: Any) -> dict[str, Any]:
    return world.client.create_label_group(LabelGroupName=name, **more)


def described(world: World, name: str = "bearings") -> dict[str, Any]:
    return world.client.describe_label_group(LabelGroupName=name)


def names(world: World, **filters: Any) -> list[str]:
    return [entry["LabelGroupName"] for entry in world.client.list_label_groups(**filters)["LabelGroupSummaries"]]


def test_create_answers_name_and_arn(world_both_ways: World):
    world = world_both_ways
    answer = group(world)
    assert answer["LabelGroupName"] == "bearings"
    assert answer["LabelGroupArn"].startswith(f"arn:aws:lookoutequipment:{world.region}:123456789012:label-group/")


def test_describe_gives_the_fault_codes_in_the_order_given_each_once(world: World):
    arn = group(world, FaultCodes=["worn", "loose", "worn", "éclaté"])["LabelGroupArn"]
    told = described(world)
    assert (told["LabelGroupArn"], told["FaultCodes"]) == (arn, ["worn", "loose", "éclaté"])
    assert told["CreatedAt"] == told["UpdatedAt"] == world.clock()


def test_a_group_without_fault_codes_has_an_empty_list_of_them(world: World):
    group(world)
    assert described(world)["FaultCodes"] == []


def test_update_replaces_the_fault_codes_and_moves_the_time(world: World):
    group(world, FaultCodes=["worn"])
    world.clock.move(minutes=5)
    world.client.update_label_group(LabelGroupName="bearings", FaultCodes=["loose"])
    told = described(world)
    assert (told["FaultCodes"], told["UpdatedAt"]) == (["loose"], world.clock())
    assert told["CreatedAt"] < told["UpdatedAt"]


def test_update_can_take_every_code_away_and_keeps_them_when_it_says_nothing(world: World):
    group(world, FaultCodes=["worn"])
    world.client.update_label_group(LabelGroupName="bearings")
    assert described(world)["FaultCodes"] == ["worn"]
    world.client.update_label_group(LabelGroupName="bearings", FaultCodes=[])
    assert described(world)["FaultCodes"] == []


@pytest.mark.parametrize("codes", [["worn"] * 51, ["x" * 101]], ids=["51 codes", "101 characters"])
@pytest.mark.parametrize("verb", ["create_label_group", "update_label_group"])
def test_more_or_longer_codes_than_allowed_are_a_validation_error(world: World, verb: str, codes: list[str]):
    refused("ValidationException", getattr(world.client, verb), LabelGroupName="bearings", FaultCodes=codes)


def test_a_name_in_use_is_a_conflict(world_both_ways: World):
    group(world_both_ways)
    assert "'bearings'" in refused(
        "ConflictException", world_both_ways.client.create_label_group, LabelGroupName="bearings"
    )


@pytest.mark.parametrize("verb", ["create_label_group", "describe_label_group", "delete_label_group"])
def test_a_name_with_a_blank_is_a_validation_error(world: World, verb: str):
    refused("ValidationException", getattr(world.client, verb), LabelGroupName="a b")


@pytest.mark.parametrize("verb", ["describe_label_group", "update_label_group", "delete_label_group"])
def test_an_unknown_group_is_not_found(world_both_ways: World, verb: str):
    refused("ResourceNotFoundException", getattr(world_both_ways.client, verb), LabelGroupName="none")


def test_the_same_token_makes_one_group_and_other_parameters_with_it_are_a_conflict(world: World):
    first = group(world, ClientToken="once", FaultCodes=["worn"])
    again = group(world, ClientToken="once", FaultCodes=["worn"])
    assert again["LabelGroupArn"] == first["LabelGroupArn"]
    asked = {"LabelGroupName": "bearings", "FaultCodes": ["loose"], "ClientToken": "once"}
    refused("ConflictException", world.client.create_label_group, **asked)


def test_a_sixteenth_group_exceeds_the_quota_but_a_name_in_use_stays_a_conflict(world: World):
    for number in range(QUOTAS.label_groups):
        group(world, f"g{number}")
    refused("ServiceQuotaExceededException", world.client.create_label_group, LabelGroupName="one-more")
    refused("ConflictException", world.client.create_label_group, LabelGroupName="g0")


def test_the_quota_of_groups_holds_when_many_create_at_once(world: World):
    def create(number: int) -> bool:
        try:
            group(world, f"g{number}")
        except world.client.exceptions.ServiceQuotaExceededException:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(create, range(QUOTAS.label_groups + 5)))
    assert sum(made) == QUOTAS.label_groups


def test_the_list_is_in_the_order_of_names_filters_by_their_beginning_and_pages(world: World):
    for name in ("pump_2", "motor", "pump_1", "pumps"):
        group(world, name)
    assert names(world) == ["motor", "pump_1", "pump_2", "pumps"]
    assert names(world, LabelGroupNameBeginsWith="pump_") == ["pump_1", "pump_2"]
    first = world.client.list_label_groups(MaxResults=3)
    assert names(world, NextToken=first["NextToken"]) == ["pumps"]
    assert first["LabelGroupSummaries"][0].keys() == {"LabelGroupName", "LabelGroupArn", "CreatedAt", "UpdatedAt"}


def test_a_token_of_another_list_is_a_validation_error(world: World):
    refused("ValidationException", world.client.list_label_groups, NextToken="W10=")


def test_groups_of_another_region_are_not_seen(world: World):
    group(world)
    app = create_app(world.resources.settings, world.resources)
    elsewhere = led_in_process(equipment_client(f"{world.region}-2"), app)
    assert elsewhere.list_label_groups()["LabelGroupSummaries"] == []
    refused("ResourceNotFoundException", elsewhere.describe_label_group, LabelGroupName="bearings")


def test_tags_come_with_the_group_change_with_its_arn_and_go_with_it(world: World):
    arn = group(world, Tags=[{"Key": "site", "Value": "north"}])["LabelGroupArn"]
    world.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "line", "Value": "3"}])
    world.client.untag_resource(ResourceArn=arn, TagKeys=["site"])
    assert world.client.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "line", "Value": "3"}]
    world.client.delete_label_group(LabelGroupName="bearings")
    refused("ResourceNotFoundException", world.client.list_tags_for_resource, ResourceArn=arn)
    new = group(world)["LabelGroupArn"]
    assert new != arn
    assert world.client.list_tags_for_resource(ResourceArn=new)["Tags"] == []


def test_more_tags_than_a_resource_may_have_leave_no_group_behind(world: World):
    tags = [{"Key": f"{'k' * (number // 26 + 1)}{chr(97 + number % 26)}", "Value": ""} for number in range(51)]
    refused("ServiceQuotaExceededException", world.client.create_label_group, LabelGroupName="bearings", Tags=tags)
    assert names(world) == []


def test_delete_removes_the_group_with_its_labels(world_both_ways: World):
    world = world_both_ways
    group(world)
    moment = world.clock()
    label = {"StartTime": moment, "EndTime": moment.replace(hour=20), "Rating": "ANOMALY"}
    world.client.create_label(LabelGroupName="bearings", **label)
    world.client.delete_label_group(LabelGroupName="bearings")
    assert names(world) == []
    assert world.client.list_labels(LabelGroupName="bearings")["LabelSummaries"] == []
    group(world)
    assert world.client.list_labels(LabelGroupName="bearings")["LabelSummaries"] == []
