"""CreateMaintenanceWindow, ListMaintenanceWindows, DeleteMaintenanceWindow and CompareInferenceEvents: what is refused,
and how windows are listed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_world import World, refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = {"StartTime": NOON, "EndTime": NOON + HOUR}
INTERVAL = {"IntervalStartTime": NOON, "IntervalEndTime": NOON + HOUR}


def made(world: World, hours: int, **target: str) -> str:
    start = NOON + hours * HOUR
    answer = world.client.create_maintenance_window(StartTime=start, EndTime=start + HOUR, **target)
    return answer["MaintenanceWindowId"]


def listed(world: World, **asked: Any) -> list[str]:
    answer = world.client.list_maintenance_windows(**asked)
    return [summary["MaintenanceWindowId"] for summary in answer["MaintenanceWindowSummaries"]]


def test_a_window_is_listed_as_it_was_made(world: World):
    world.scheduler("s")
    window = world.client.create_maintenance_window(InferenceSchedulerName="s", Notes="new bearings", **SPAN)
    answer = world.client.list_maintenance_windows(InferenceSchedulerName="s")
    assert answer["MaintenanceWindowSummaries"] == [
        {
            "MaintenanceWindowId": window["MaintenanceWindowId"],
            "ModelName": "model-of-s",
            "InferenceSchedulerName": "s",
            "StartTime": NOON,
            "EndTime": NOON + HOUR,
            "Notes": "new bearings",
            "CreatedAt": world.clock.now.replace(microsecond=250_000),
        }
    ]


def test_a_scheduler_lists_its_own_windows_and_those_of_its_model_newest_first(world: World):
    world.scheduler("s")
    own, all_of_it = made(world, 0, InferenceSchedulerName="s"), made(world, 5, ModelName="model-of-s")
    assert listed(world, InferenceSchedulerName="s") == [all_of_it, own]
    assert listed(world, ModelName="model-of-s") == [all_of_it, own]
    (first, _) = world.client.list_maintenance_windows(ModelName="model-of-s")["MaintenanceWindowSummaries"]
    assert "InferenceSchedulerName" not in first


def test_windows_are_listed_by_an_interval_that_they_touch(world: World):
    world.scheduler("s")
    early, middle, late = (made(world, hours, InferenceSchedulerName="s") for hours in (0, 2, 4))
    assert listed(world, InferenceSchedulerName="s", IntervalStartTime=NOON + 3 * HOUR) == [late, middle]
    assert listed(world, InferenceSchedulerName="s", IntervalEndTime=NOON + 2 * HOUR) == [early]


def test_windows_come_in_pages(world: World):
    world.scheduler("s")
    windows = [made(world, hours, InferenceSchedulerName="s") for hours in (0, 0, 1)]
    first = world.client.list_maintenance_windows(InferenceSchedulerName="s", MaxResults=2)
    second = world.client.list_maintenance_windows(
        InferenceSchedulerName="s", MaxResults=2, NextToken=first["NextToken"]
    )
    found = [*first["MaintenanceWindowSummaries"], *second["MaintenanceWindowSummaries"]]
    assert sorted(summary["MaintenanceWindowId"] for summary in found) == sorted(windows)
    assert "NextToken" not in second


def test_the_same_token_makes_one_window(world: World):
    world.scheduler("s")
    asked = {"InferenceSchedulerName": "s", "ClientToken": "once", **SPAN}
    first, second = (world.client.create_maintenance_window(**asked) for _ in "ab")
    assert first["MaintenanceWindowId"] == second["MaintenanceWindowId"]
    other = asked | {"EndTime": NOON + 2 * HOUR}
    refused("ConflictException", world.client.create_maintenance_window, **other)


def test_a_deleted_window_is_gone(world: World):
    world.scheduler("s")
    window = made(world, 0, InferenceSchedulerName="s")
    world.client.delete_maintenance_window(MaintenanceWindowId=window)
    assert listed(world, InferenceSchedulerName="s") == []
    refused("ResourceNotFoundException", world.client.delete_maintenance_window, MaintenanceWindowId=window)


def test_windows_go_with_their_scheduler(world: World):
    world.scheduler("s", status="STOPPED")
    made(world, 0, InferenceSchedulerName="s")
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    assert listed(world, ModelName="model-of-s") == []


@pytest.mark.parametrize(
    "target", [{}, {"InferenceSchedulerName": "s", "ModelName": "model-of-s"}], ids=["none", "both"]
)
def test_a_window_is_of_a_scheduler_or_of_a_model(world: World, target: dict[str, str]):
    world.scheduler("s")
    refused("ValidationException", world.client.create_maintenance_window, **target, **SPAN)
    refused("ValidationException", world.client.list_maintenance_windows, **target)


@pytest.mark.parametrize("target", [{"InferenceSchedulerName": "s"}, {"ModelName": "m"}])
def test_a_window_of_something_unknown_is_not_found(world: World, target: dict[str, str]):
    refused("ResourceNotFoundException", world.client.create_maintenance_window, **target, **SPAN)
    refused("ResourceNotFoundException", world.client.list_maintenance_windows, **target)


def test_a_window_ends_after_it_starts(world: World):
    world.scheduler("s")
    wrong = {"InferenceSchedulerName": "s", "StartTime": NOON, "EndTime": NOON}
    refused("ValidationException", world.client.create_maintenance_window, **wrong)


def test_what_cannot_be_compared_is_refused(world: World):
    compare = world.client.compare_inference_events
    refused("ResourceNotFoundException", compare, InferenceSchedulerName="s", **INTERVAL)
    world.scheduler("s")
    assert "'s'" in refused("ValidationException", compare, InferenceSchedulerName="s", **INTERVAL)
    turned = {"IntervalStartTime": NOON + HOUR, "IntervalEndTime": NOON}
    refused("ValidationException", compare, InferenceSchedulerName="s", ShadowModelVersion=2, **turned)
