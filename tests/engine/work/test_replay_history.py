"""What a replay does to a scheduler's history: events, the latest result, and changes made while it runs."""

import pytest
from plant import MINUTE, SENSORS, Plant, broken, times_of
from sqlalchemy import update
from test_replays import START, counts, start

from service.engine.store.tables import inference_executions
from service.engine.work.inference.replays import run_replay

NEWEST = START + 25 * MINUTE


@pytest.fixture
def scheduler(plant: Plant) -> str:
    """Six windows were scored; the newest is broken."""
    plant.feed_windows(START, 5)
    plant.feed_windows(NEWEST, 1, machine=broken)
    name = plant.scheduler(since="2026-03-01T13:01:00")
    start(plant, START, START + 30 * MINUTE)
    plant.work()
    return name


EVENT = (START + 26 * MINUTE, START + 30 * MINUTE)


def latest_result(plant: Plant, name: str) -> str | None:
    return plant.client.describe_inference_scheduler(InferenceSchedulerName=name).get("LatestInferenceResult")


def events(plant: Plant, name: str) -> list[tuple]:
    found = plant.client.list_inference_events(
        InferenceSchedulerName=name, IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE
    )["InferenceEventSummaries"]
    return [(event["EventStartTime"], event["EventEndTime"]) for event in found]


def replay_newest(plant: Plant) -> str:
    return start(plant, NEWEST, NEWEST + 5 * MINUTE, "OVERWRITE")


def test_an_overwritten_window_that_is_normal_now_has_no_event_and_another_latest_result(plant, scheduler):
    assert (events(plant, scheduler), latest_result(plant, scheduler)) == ([EVENT], "ANOMALOUS")
    plant.feed_windows(NEWEST, 1)
    replay_newest(plant)
    plant.work()
    assert (events(plant, scheduler), latest_result(plant, scheduler)) == ([], "NORMAL")


def test_when_the_newest_window_fails_the_latest_result_is_that_of_the_newest_that_succeeded(plant, scheduler):
    for component in SENSORS:
        plant.s3.delete_object(Bucket=plant.bucket, Key=f"in/{component}_20260301122500.csv")
    replay_newest(plant)
    plant.work()
    assert plant.latest()["Status"] == "FAILED"
    assert (events(plant, scheduler), latest_result(plant, scheduler)) == ([], "NORMAL")


def test_a_window_left_over_by_a_killed_worker_ends_with_its_stopped_replay_and_has_no_events(plant, scheduler):
    replay_id = replay_newest(plant)
    with plant.resources.database.begin() as connection:
        newest = inference_executions.c.data_start_time == NEWEST
        values = {"status": "IN_PROGRESS", "replay_id": replay_id, "attempts": 1}
        connection.execute(update(inference_executions).where(newest).values(**values))
    plant.client.stop_inference_replay(ReplayId=replay_id)
    plant.work()
    assert counts(plant, replay_id)[0] == "STOPPED"
    assert plant.latest()["FailedReason"] == "The replay was stopped before this window was scored."
    assert (events(plant, scheduler), latest_result(plant, scheduler)) == ([], "NORMAL")


def test_an_update_leaves_the_windows_of_a_running_replay_alone(plant, scheduler):
    plant.pass_time("2026-03-01T13:02:00")
    replay_id = start(plant, START, START + 30 * MINUTE, "OVERWRITE")
    run_replay(plant.resources, replay_id, slice_seconds=0)
    plant.client.update_inference_scheduler(InferenceSchedulerName=scheduler, DataUploadFrequency="PT30M")
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 6, 6, 0, 0)
    assert {times_of(execution)[2][14:16] for execution in plant.executions()} == {"05", "10", "15", "20", "25", "30"}
