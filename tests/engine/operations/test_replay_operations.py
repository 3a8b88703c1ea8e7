"""Inference replays through boto3."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_world import World, refused

from service.engine.resources import Nudge
from service.engine.store import replays

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the clock stands at 13:01
HOUR = timedelta(hours=1)


@pytest.fixture
def world(world_both_ways: World) -> World:
    return world_both_ways


def start(world: World, begin: datetime = NOON - HOUR, end: datetime = NOON, **more: Any) -> dict[str, Any]:
    request = {"InferenceSchedulerName": "s", "StartTime": begin, "EndTime": end}
    return world.client.start_inference_replay(**request | more)


def worked(world: World, replay_id: str, **columns: Any) -> None:
    with world.resources.database.begin() as connection:
        replays.change(connection, replay_id, **columns)


@pytest.mark.parametrize("state", ["RUNNING", "STOPPED"])
def test_start_answers_pending_and_nudges_the_inference_worker(world: World, state: str):
    world.scheduler("s", status=state)
    answer = start(world)
    assert (answer["InferenceSchedulerName"], answer["Status"]) == ("s", "PENDING")
    assert re.fullmatch("[0-9a-f]{32}", answer["ReplayId"])
    assert world.resources.queue.sent[-1] == Nudge("inference", "run_replay", answer["ReplayId"])


def test_describe_shows_what_was_asked_and_how_far_it_is(world: World):
    arn = world.scheduler("s")["InferenceSchedulerArn"]
    replay_id = start(world, ExistingResults="OVERWRITE")["ReplayId"]
    worked(world, replay_id, status="IN_PROGRESS", total_windows=12, succeeded_windows=3, failed_windows=1)
    told = world.client.describe_inference_replay(ReplayId=replay_id)
    told.pop("ResponseMetadata")
    told.pop("UpdatedAt")
    assert told == {
        "ReplayId": replay_id,
        "InferenceSchedulerName": "s",
        "InferenceSchedulerArn": arn,
        "StartTime": NOON - HOUR,
        "EndTime": NOON,
        "ExistingResults": "OVERWRITE",
        "Status": "IN_PROGRESS",
        "TotalWindows": 12,
        "SucceededWindows": 3,
        "FailedWindows": 1,
        "SkippedWindows": 0,
        "CreatedAt": world.clock(),
    }


def test_existing_results_are_kept_when_nothing_is_said(world: World):
    world.scheduler("s")
    assert world.client.describe_inference_replay(ReplayId=start(world)["ReplayId"])["ExistingResults"] == "KEEP"


@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS"])
def test_stop_goes_over_stopping_to_stopped(world: World, state: str):
    world.scheduler("s")
    replay_id = start(world)["ReplayId"]
    worked(world, replay_id, status=state)
    for _ in range(2):
        assert world.client.stop_inference_replay(ReplayId=replay_id)["Status"] == "STOPPING"
    assert world.client.describe_inference_replay(ReplayId=replay_id)["Status"] == "STOPPING"
    assert world.resources.queue.sent[-1] == Nudge("inference", "run_replay", replay_id)
    worked(world, replay_id, status="STOPPED")
    assert world.client.describe_inference_replay(ReplayId=replay_id)["Status"] == "STOPPED"


@pytest.mark.parametrize("state", ["SUCCESS", "FAILED", "STOPPED"])
def test_one_that_has_ended_cannot_be_stopped(world: World, state: str):
    world.scheduler("s")
    replay_id = start(world)["ReplayId"]
    worked(world, replay_id, status=state, failed_reason="why" if state == "FAILED" else None)
    assert state in refused("ConflictException", world.client.stop_inference_replay, ReplayId=replay_id)
    assert start(world)["Status"] == "PENDING"


def test_a_scheduler_has_one_replay_at_a_time(world: World):
    world.scheduler("s")
    replay_id = start(world)["ReplayId"]
    assert replay_id in refused("ConflictException", start, world=world)


def test_a_scheduler_with_a_replay_that_runs_cannot_be_deleted(world: World):
    world.scheduler("s", status="STOPPED")
    replay_id = start(world)["ReplayId"]
    assert replay_id in refused(
        "ConflictException", world.client.delete_inference_scheduler, InferenceSchedulerName="s"
    )
    worked(world, replay_id, status="STOPPED")
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    refused("ResourceNotFoundException", world.client.describe_inference_replay, ReplayId=replay_id)


@pytest.mark.parametrize(
    ("begin", "end", "complaint"),
    [
        (NOON, NOON, "no whole window"),
        (NOON, NOON - HOUR, "no whole window"),
        (NOON + timedelta(minutes=1), NOON + timedelta(minutes=9), "no whole window"),
        (NOON, NOON + 2 * HOUR, "future"),
        (NOON, datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "future"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), NOON, "future"),
        (datetime(1, 1, 1, tzinfo=UTC), NOON, "shorter range"),
        (NOON - timedelta(days=400), NOON, "shorter range"),
    ],
)
def test_a_range_that_cannot_be_replayed_is_a_validation_error(
    world: World, begin: datetime, end: datetime, complaint: str
):
    world.scheduler("s")
    assert complaint in refused("ValidationException", start, world=world, begin=begin, end=end)


def test_an_end_just_after_now_is_taken_while_every_window_has_ended(world: World):
    """Two clocks are never quite the same."""
    world.scheduler("s")
    assert start(world, end=world.clock() + timedelta(seconds=5))["Status"] == "PENDING"


def test_an_unknown_scheduler_is_not_found(world: World):
    refused("ResourceNotFoundException", start, world=world)


@pytest.mark.parametrize("verb", ["describe_inference_replay", "stop_inference_replay"])
def test_an_unknown_replay_is_not_found(world: World, verb: str):
    refused("ResourceNotFoundException", getattr(world.client, verb), ReplayId="0" * 32)
