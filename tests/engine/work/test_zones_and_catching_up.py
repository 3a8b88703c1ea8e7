"""Files stamped by the clocks of a place, and windows missed while the engine was down; through boto3 and S3."""

from zoneinfo import ZoneInfo

import pytest
from plant import MINUTE, Plant, at, broken, times_of

BERLIN = ZoneInfo("Europe/Berlin")
FIVE = 5 * MINUTE


def in_berlin(plant: Plant, since: str) -> str:
    zone = {"InputTimeZone": "Europe/Berlin"}
    return plant.scheduler(since=since, DataInputConfiguration=plant.input() | zone)


def feed_by_the_clock(plant: Plant, start, **more) -> None:
    """The files of a window as a producer in Berlin names them."""
    plant.feed(start, start + FIVE, stamp=start.astimezone(BERLIN).strftime("%Y%m%d%H%M%S"), **more)


@pytest.mark.parametrize("change", ["2026-03-29T01:00:00", "2026-10-25T01:00:00"], ids=["forward", "back"])
def test_every_window_around_a_change_of_the_clocks_finds_its_files(plant: Plant, change: str):
    first = at(change) - 3 * FIVE
    in_berlin(plant, (first + MINUTE).isoformat()[:19])
    for number in range(6):
        feed_by_the_clock(plant, first + number * FIVE)
        plant.pass_time(first + (number + 1) * FIVE)
    assert [execution["Status"] for execution in plant.executions()] == ["SUCCESS"] * 6
    assert all(len(plant.results(execution)) == 5 for execution in plant.executions())


def test_a_file_of_the_hour_that_comes_twice_is_no_file_of_the_other_windows_rows(plant: Plant):
    """02:30 is 00:30 and 01:30 UTC: the later window finds the file, and no row of its own in it."""
    start = at("2026-10-25T00:30:00")
    in_berlin(plant, "2026-10-25T00:31:00")
    feed_by_the_clock(plant, start, machine=broken)
    plant.pass_time(start + FIVE)
    assert plant.latest()["Status"] == "SUCCESS"
    plant.pass_time(start + 60 * MINUTE + FIVE)
    failed = plant.latest()
    assert times_of(failed)[1] == "2026-10-25T01:30:00Z"
    assert "have no row in the window" in failed["FailedReason"]


def test_a_replay_finds_the_same_files_across_a_change_of_the_clocks(plant: Plant):
    change = at("2026-10-25T01:00:00")
    for number in range(-4, 4):
        feed_by_the_clock(plant, change + number * FIVE)
    in_berlin(plant, "2026-10-25T01:31:00")
    plant.pass_time("2026-10-25T01:31:00")
    plant.client.start_inference_replay(
        InferenceSchedulerName="scheduler", StartTime=change - 4 * FIVE, EndTime=change + 4 * FIVE
    )
    plant.work()
    assert [execution["Status"] for execution in plant.executions()] == ["SUCCESS"] * 8


@pytest.mark.parametrize(
    ("policy", "ends"),
    [
        ({"CatchUpPolicy": "ALL"}, ["13:05", "13:10", "13:15", "13:20"]),
        ({"CatchUpPolicy": "ALL", "CatchUpHours": 0.1}, ["13:05", "13:20"]),
        ({"CatchUpPolicy": "LATEST"}, ["13:05", "13:20"]),
        ({"CatchUpPolicy": "SKIP"}, ["13:05"]),
        ({}, ["13:05", "13:10", "13:15", "13:20"]),
    ],
    ids=str,
)
def test_windows_missed_while_the_engine_was_down(plant: Plant, policy: dict, ends: list[str]):
    plant.scheduler(since="2026-03-01T13:01:00", **policy)
    plant.pass_time("2026-03-01T13:05:00")
    plant.pass_time("2026-03-01T13:22:00")
    assert [times_of(execution)[2][11:16] for execution in reversed(plant.executions())] == ends
    plant.pass_time("2026-03-01T13:25:00")
    assert times_of(plant.latest())[2] == "2026-03-01T13:25:00Z"
