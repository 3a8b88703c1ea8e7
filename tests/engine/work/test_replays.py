"""A replay: past windows of a scheduler, scored now; through boto3 with our own three operations."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from engine_world import refused
from plant import MINUTE, SENSORS, Plant, at, broken, times_of
from test_store_away import nowhere

from service.engine.store.locks import working_on
from service.engine.work.inference.replays import run_replay

__all__ = ["nowhere"]

START = at("2026-03-01T12:00")


@pytest.fixture
def scheduler(plant: Plant) -> str:
    """A scheduler of 13:01 with files for the six windows before 12:30, and the fourth broken."""
    plant.feed_windows(START, 6)
    plant.feed_windows(START + 15 * MINUTE, 1, machine=broken)
    return plant.scheduler(since="2026-03-01T13:01:00")


def start(plant: Plant, start: datetime, end: datetime, existing: str = "KEEP") -> str:
    answer = plant.client.start_inference_replay(
        InferenceSchedulerName="scheduler",
        StartTime=start,
        EndTime=end,
        ExistingResults=existing,
        ClientToken=f"{start}{end}{existing}",
    )
    assert answer["Status"] == "PENDING"
    return answer["ReplayId"]


def told(plant: Plant, replay_id: str) -> dict[str, Any]:
    return plant.client.describe_inference_replay(ReplayId=replay_id)


def counts(plant: Plant, replay_id: str) -> tuple[str, int, int, int, int]:
    replay = told(plant, replay_id)
    names = ("Status", "TotalWindows", "SucceededWindows", "FailedWindows", "SkippedWindows")
    return tuple(replay[name] for name in names)


def test_a_replay_scores_every_window_of_its_range(plant, scheduler):
    replay_id = start(plant, START, START + 30 * MINUTE)
    plant.world.clock.move(minutes=1)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 6, 6, 0, 0)
    assert told(plant, replay_id)["UpdatedAt"] == plant.world.clock()
    found = [(times_of(execution)[2], execution["Status"]) for execution in plant.executions()]
    assert found == [(f"2026-03-01T12:{minute:02}:00Z", "SUCCESS") for minute in (30, 25, 20, 15, 10, 5)]
    anomalous = [any(line["prediction"] for line in plant.results(execution)) for execution in plant.executions()]
    assert anomalous[2:] == [True, False, False, False]


def test_a_replay_writes_what_a_scheduled_run_writes(plant, scheduler):
    plant.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"))
    plant.pass_time("2026-03-01T13:05:00")
    key = plant.latest()["CustomerResultObject"]["Key"]
    scheduled = plant.s3.get_object(Bucket=plant.bucket, Key=key)["Body"].read()
    plant.put(key, "lost")
    start(plant, at("2026-03-01T13:00"), at("2026-03-01T13:05"), "OVERWRITE")
    plant.work()
    assert plant.s3.get_object(Bucket=plant.bucket, Key=key)["Body"].read() == scheduled


def test_windows_without_files_are_counted_as_failed_and_listed_with_their_reason(plant, scheduler):
    replay_id = start(plant, START + 20 * MINUTE, START + 40 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 4, 2, 2, 0)
    assert "have no row in the window" in plant.executions(Status="FAILED")[-1]["FailedReason"]


def test_a_replay_without_one_good_window_fails_with_the_first_reason(plant, scheduler):
    replay_id = start(plant, START - 60 * MINUTE, START - 50 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("FAILED", 2, 0, 2, 0)
    assert told(plant, replay_id)["FailedReason"].startswith(
        "None of the 2 windows could be scored. Could not find data file for sensor pump within expected range of "
        "(2026-03-01T11:00:00Z, 2026-03-01T11:05:00Z]"
    )


def test_keep_leaves_what_succeeded_and_does_the_rest(plant, scheduler):
    start(plant, START, START + 10 * MINUTE)
    plant.work()
    plant.put("out/2026-03-01T12:00:00Z/results.jsonl", "kept")
    replay_id = start(plant, START, START + 30 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 6, 4, 0, 2)
    kept = plant.s3.get_object(Bucket=plant.bucket, Key="out/2026-03-01T12:00:00Z/results.jsonl")
    assert kept["Body"].read() == b"kept"


def test_keep_does_failed_windows_again(plant, scheduler):
    start(plant, START + 30 * MINUTE, START + 40 * MINUTE)
    plant.work()
    plant.feed_windows(START + 30 * MINUTE, 2)
    replay_id = start(plant, START + 30 * MINUTE, START + 35 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 1, 1, 0, 0)
    assert [execution["Status"] for execution in plant.executions()] == ["FAILED", "SUCCESS"]


def test_overwrite_does_everything_again(plant, scheduler):
    start(plant, START, START + 10 * MINUTE)
    plant.work()
    plant.feed_windows(START, 2, machine=broken)
    replay_id = start(plant, START, START + 10 * MINUTE, "OVERWRITE")
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 2, 2, 0, 0)
    assert all(line["prediction"] for line in plant.results(plant.latest()))
    assert len(plant.executions()) == 2


def test_a_window_that_overwrite_cannot_score_any_more_is_failed_without_a_result(plant, scheduler):
    start(plant, START, START + 5 * MINUTE)
    plant.work()
    for key in plant.keys("in/"):
        plant.s3.delete_object(Bucket=plant.bucket, Key=key)
    start(plant, START, START + 5 * MINUTE, "OVERWRITE")
    plant.work()
    assert plant.latest()["Status"] == "FAILED"
    assert "CustomerResultObject" not in plant.latest()


def test_events_are_merged_over_windows_that_were_scored_in_any_order(plant, scheduler):
    plant.feed_windows(START, 6, machine=broken)
    for first in (20, 0, 10):
        start(plant, START + first * MINUTE, START + (first + 10) * MINUTE)
        plant.work()
    (event,) = plant.client.list_inference_events(
        InferenceSchedulerName=scheduler, IntervalStartTime=START + 12 * MINUTE, IntervalEndTime=START + 13 * MINUTE
    )["InferenceEventSummaries"]
    assert (event["EventStartTime"], event["EventEndTime"]) == (START + MINUTE, START + 30 * MINUTE)
    assert event["EventDurationInSeconds"] == 29 * 60


def test_an_event_that_a_later_replay_takes_a_piece_out_of_becomes_two(plant, scheduler):
    plant.feed_windows(START, 6, machine=broken)
    start(plant, START, START + 30 * MINUTE)
    plant.work()
    third = START + 10 * MINUTE
    for component in SENSORS:
        plant.s3.delete_object(Bucket=plant.bucket, Key=f"in/{component}_20260301121000.csv")
    start(plant, third, third + 5 * MINUTE, "OVERWRITE")
    plant.work()
    events = plant.client.list_inference_events(
        InferenceSchedulerName=scheduler, IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE
    )["InferenceEventSummaries"]
    spans = [(event["EventStartTime"], event["EventEndTime"]) for event in events]
    assert spans == [(third + 6 * MINUTE, START + 30 * MINUTE), (START + MINUTE, third)]


def test_an_event_ends_where_a_window_failed(plant, scheduler):
    plant.feed_windows(START, 6, machine=broken)
    start(plant, START, START + 5 * MINUTE)
    start_of_third = START + 10 * MINUTE
    plant.work()
    start(plant, start_of_third, start_of_third + 5 * MINUTE)
    plant.work()
    events = plant.client.list_inference_events(
        InferenceSchedulerName=scheduler, IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE
    )["InferenceEventSummaries"]
    assert [event["EventStartTime"] for event in events] == [start_of_third + MINUTE, START + MINUTE]


def test_a_replay_works_in_slices_and_sends_itself_again(plant, scheduler):
    replay_id = start(plant, START, START + 30 * MINUTE)
    plant.resources.queue.sent.clear()
    run_replay(plant.resources, replay_id, slice_seconds=0)
    assert counts(plant, replay_id) == ("IN_PROGRESS", 6, 1, 0, 0)
    assert [(nudge.task, nudge.row_id) for nudge in plant.resources.queue.sent] == [("run_replay", replay_id)]
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 6, 6, 0, 0)


def test_a_replay_is_stopped_after_the_window_it_is_at(plant, scheduler):
    replay_id = start(plant, START, START + 30 * MINUTE)
    run_replay(plant.resources, replay_id, slice_seconds=0)
    assert plant.client.stop_inference_replay(ReplayId=replay_id)["Status"] == "STOPPING"
    plant.work()
    assert counts(plant, replay_id) == ("STOPPED", 6, 1, 0, 0)
    refused("ConflictException", plant.client.stop_inference_replay, ReplayId=replay_id)


def test_a_replay_stopped_before_it_began_ends_as_stopped(plant, scheduler):
    replay_id = start(plant, START, START + 30 * MINUTE)
    plant.client.stop_inference_replay(ReplayId=replay_id)
    plant.work()
    assert counts(plant, replay_id) == ("STOPPED", 6, 0, 0, 0)
    assert plant.executions() == []


def test_a_replay_goes_on_when_s3_is_back(plant, scheduler, nowhere):
    replay_id = start(plant, START, START + 30 * MINUTE)
    run_replay(plant.resources, replay_id, slice_seconds=0)
    plant.resources.queue.sent.clear()
    run_replay(replace(plant.resources, objects=nowhere), replay_id)
    assert counts(plant, replay_id) == ("IN_PROGRESS", 6, 1, 0, 0)
    plant.pass_time(plant.world.clock() + timedelta(minutes=1))
    assert counts(plant, replay_id) == ("SUCCESS", 6, 6, 0, 0)


def test_two_workers_never_run_one_replay(plant, scheduler):
    replay_id = start(plant, START, START + 30 * MINUTE)
    with working_on(plant.resources.database, "replay", replay_id):
        plant.work()
    assert counts(plant, replay_id)[0] == "PENDING"


def test_a_replay_of_a_stopped_scheduler_is_possible(plant, scheduler):
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    replay_id = start(plant, START, START + 10 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 2, 2, 0, 0)


def test_windows_the_schedule_has_yet_to_run_are_left_to_it(plant):
    plant.feed_windows(START, 6)
    plant.scheduler(since="2026-03-01T12:17:00", DataDelayOffsetInMinutes=10)
    replay_id = start(plant, START, START + 15 * MINUTE)
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 1, 1, 0, 0)


def test_the_latest_result_stays_that_of_the_newest_window(plant, scheduler):
    plant.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"))
    plant.pass_time("2026-03-01T13:05:00")
    start(plant, START + 15 * MINUTE, START + 20 * MINUTE)
    plant.work()
    assert any(line["prediction"] for line in plant.results(plant.executions()[-1]))
    told = plant.client.describe_inference_scheduler(InferenceSchedulerName=scheduler)
    assert told["LatestInferenceResult"] == "NORMAL"
