"""Labels through boto3."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_world import World, refused

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def grouped(world: World) -> World:
    world.client.create_label_group(LabelGroupName="bearings", FaultCodes=["worn", "loose"])
    return world


def asked(start: float = 0, end: float = 1, **more: Any) -> dict[str, Any]:
    """A request for a label from so many hours after noon to so many."""
    times = {"StartTime": NOON + start * HOUR, "EndTime": NOON + end * HOUR}
    return {"LabelGroupName": "bearings", "Rating": "ANOMALY"} | times | more


def label(world: World, start: float = 0, end: float = 1, **more: Any) -> str:
    return world.client.create_label(**asked(start, end, **more))["LabelId"]


def listed(world: World, **filters: Any) -> list[str]:
    found = world.client.list_labels(LabelGroupName="bearings", **filters)["LabelSummaries"]
    return [entry["LabelId"] for entry in found]


def test_a_label_is_described_with_all_that_was_said(world_both_ways: World):
    world = world_both_ways
    arn = world.client.create_label_group(LabelGroupName="bearings", FaultCodes=["worn"])["LabelGroupArn"]
    said = {"FaultCode": "worn", "Notes": "heard by Ana — twice", "Equipment": "pump 7"}
    label_id = label(world, **said)
    assert len(label_id) == 32
    told = world.client.describe_label(LabelGroupName="bearings", LabelId=label_id)
    del told["ResponseMetadata"]
    assert told == asked() | said | {"LabelGroupArn": arn, "LabelId": label_id, "CreatedAt": world.clock()}


def test_what_was_not_said_is_left_out(grouped: World):
    told = grouped.client.describe_label(LabelGroupName="bearings", LabelId=label(grouped))
    assert not {"FaultCode", "Notes", "Equipment"} & told.keys()


def test_a_label_id_may_be_written_in_capitals(grouped: World):
    label_id = label(grouped)
    told = grouped.client.describe_label(LabelGroupName="bearings", LabelId=label_id.upper())
    assert told["LabelId"] == label_id


@pytest.mark.parametrize("rating", ["ANOMALY", "NO_ANOMALY", "NEUTRAL"])
def test_each_rating_is_kept(grouped: World, rating: str):
    label(grouped, Rating=rating)
    assert grouped.client.list_labels(LabelGroupName="bearings")["LabelSummaries"][0]["Rating"] == rating


@pytest.mark.parametrize(
    "wrong",
    [{"Rating": "BAD"}, {"Notes": "n" * 2561}, {"Equipment": "e" * 201}, {"FaultCode": "c" * 101}],
    ids=["rating", "notes", "equipment", "code"],
)
def test_a_member_out_of_bounds_is_a_validation_error(grouped: World, wrong: dict[str, str]):
    refused("ValidationException", grouped.client.create_label, **asked(**wrong))


@pytest.mark.parametrize("end", [0, -1], ids=["equal", "earlier"])
def test_the_end_has_to_be_after_the_start(grouped: World, end: int):
    message = refused("ValidationException", grouped.client.create_label, **asked(0, end))
    assert message == "StartTime must be before EndTime."


def test_a_fault_code_that_the_group_does_not_have_is_a_validation_error_that_names_those_it_has(grouped: World):
    message = refused("ValidationException", grouped.client.create_label, **asked(FaultCode="cracked"))
    assert "no fault code 'cracked'; it has 'worn', 'loose'." in message


def test_labels_keep_a_code_that_the_group_loses_and_new_ones_cannot_get_it(grouped: World):
    label_id = label(grouped, FaultCode="worn")
    grouped.client.update_label_group(LabelGroupName="bearings", FaultCodes=["loose"])
    told = grouped.client.describe_label(LabelGroupName="bearings", LabelId=label_id)
    assert told["FaultCode"] == "worn"
    assert listed(grouped, FaultCode="worn") == [label_id]
    refused("ValidationException", grouped.client.create_label, **asked(FaultCode="worn"))


def test_a_label_needs_a_group_that_is_there(world_both_ways: World):
    refused("ResourceNotFoundException", world_both_ways.client.create_label, **asked())


def test_the_same_token_makes_one_label_and_other_parameters_with_it_are_a_conflict(grouped: World):
    assert label(grouped, ClientToken="once") == label(grouped, ClientToken="once")
    assert len(listed(grouped)) == 1
    refused("ConflictException", grouped.client.create_label, **asked(0, 2, ClientToken="once"))


def test_labels_are_listed_with_the_latest_start_first_and_page_by_page(grouped: World):
    made = [label(grouped, start, start + 1) for start in (3, 1, 2)]
    same = {label(grouped, 0, 1), label(grouped, 0, 2)}
    walked, token = [], {}
    while True:
        answer = grouped.client.list_labels(LabelGroupName="bearings", MaxResults=2, **token)
        walked += [entry["LabelId"] for entry in answer["LabelSummaries"]]
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}
    assert walked[:3] == [made[0], made[2], made[1]]
    assert set(walked[3:]) == same
    assert len(walked) == 5


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (None, None, True),
        (1, 5, True),  # the label ends where the interval starts
        (1.5, 5, False),
        (-5, 0, False),  # the interval ends where the label starts
        (-5, 0.5, True),
        (0.2, 0.8, True),
        (None, 0, False),
        (2, None, False),
    ],
)
def test_the_interval_takes_labels_that_end_at_or_after_its_start_and_start_before_its_end(
    grouped: World, start: float | None, end: float | None, found: bool
):
    label_id = label(grouped, 0, 1)
    asked_for = {"IntervalStartTime": start, "IntervalEndTime": end}
    interval = {name: NOON + hours * HOUR for name, hours in asked_for.items() if hours is not None}
    assert listed(grouped, **interval) == ([label_id] if found else [])


def test_an_interval_that_ends_before_it_starts_is_a_validation_error(grouped: World):
    interval = {"IntervalStartTime": NOON, "IntervalEndTime": NOON - HOUR}
    refused("ValidationException", grouped.client.list_labels, LabelGroupName="bearings", **interval)


def test_the_list_filters_by_fault_code_and_by_equipment(grouped: World):
    worn = label(grouped, FaultCode="worn", Equipment="pump 7")
    loose = label(grouped, FaultCode="loose", Equipment="pump 7")
    assert listed(grouped, FaultCode="worn") == [worn]
    assert set(listed(grouped, Equipment="pump 7")) == {worn, loose}
    assert listed(grouped, FaultCode="worn", Equipment="pump 8") == []
    assert listed(grouped, FaultCode="never heard of") == []


def test_a_summary_has_no_notes(grouped: World):
    label(grouped, FaultCode="worn", Equipment="pump 7", Notes="long story")
    (entry,) = grouped.client.list_labels(LabelGroupName="bearings")["LabelSummaries"]
    assert entry.keys() == {
        "LabelGroupName", "LabelGroupArn", "LabelId", "StartTime", "EndTime", "Rating", "FaultCode", "Equipment",
        "CreatedAt",
    }  # fmt: skip


def test_the_list_of_an_unknown_group_is_empty(world_both_ways: World):
    assert world_both_ways.client.list_labels(LabelGroupName="none")["LabelSummaries"] == []


def test_a_token_belongs_to_its_interval(grouped: World):
    for start in range(3):
        label(grouped, start, start + 1)
    token = grouped.client.list_labels(LabelGroupName="bearings", MaxResults=1)["NextToken"]
    moved = {"NextToken": token, "IntervalStartTime": NOON}
    refused("ValidationException", grouped.client.list_labels, LabelGroupName="bearings", **moved)


def test_a_deleted_label_is_gone(world_both_ways: World):
    world = world_both_ways
    world.client.create_label_group(LabelGroupName="bearings")
    label_id = label(world)
    world.client.delete_label(LabelGroupName="bearings", LabelId=label_id)
    assert listed(world) == []
    for verb in (world.client.describe_label, world.client.delete_label):
        assert label_id in refused("ResourceNotFoundException", verb, LabelGroupName="bearings", LabelId=label_id)


@pytest.mark.parametrize("verb", ["describe_label", "delete_label"])
def test_a_label_is_found_in_its_own_group_only(grouped: World, verb: str):
    label_id = label(grouped)
    grouped.client.create_label_group(LabelGroupName="seals")
    for name in ("seals", "none"):
        refused("ResourceNotFoundException", getattr(grouped.client, verb), LabelGroupName=name, LabelId=label_id)


@pytest.mark.parametrize("verb", ["describe_label", "delete_label"])
def test_a_label_id_that_is_no_hexadecimal_number_is_a_validation_error(grouped: World, verb: str):
    call = getattr(grouped.client, verb)
    refused("ValidationException", call, LabelGroupName="bearings", LabelId="the first one")
