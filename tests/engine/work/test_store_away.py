"""S3 away in the middle of the work: nothing is lost, and what stays away too long is said in a sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plant import MINUTE, Plant, at

from service.engine.objects import ObjectStore, open_objects
from service.engine.work.attempts import KILLED_AT_MOST
from service.engine.work.inference.executions import FAULTS_TRIED_FOR, run_execution
from service.engine.work.tick import tick

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


@pytest.fixture
def scheduler(plant: Plant) -> str:
    plant.feed(START, END)
    name = plant.scheduler(since="2026-03-01T13:01:00")
    plant.world.clock.now = END
    tick(plant.resources, END)
    return name


@pytest.fixture
def nowhere(plant: Plant, free_port) -> ObjectStore:
    """A store that nobody serves."""
    settings = replace(plant.resources.settings, s3_endpoint_url=f"http://127.0.0.1:{free_port()}")
    return open_objects(settings)


def run_without_s3(plant: Plant, nowhere: ObjectStore) -> None:
    (nudge,) = plant.resources.queue.sent
    plant.resources.queue.sent.clear()
    run_execution(replace(plant.resources, objects=nowhere), int(nudge.row_id))


def test_an_execution_that_finds_s3_away_is_tried_again(plant, scheduler, nowhere):
    run_without_s3(plant, nowhere)
    assert plant.latest()["Status"] == "IN_PROGRESS"
    plant.pass_time(END + timedelta(seconds=10))
    assert plant.latest()["Status"] == "SUCCESS"


def test_with_s3_away_until_the_next_window_the_execution_fails_with_a_sentence(plant, scheduler, nowhere):
    plant.world.clock.now = END + 5 * MINUTE
    run_without_s3(plant, nowhere)
    execution = plant.latest()
    assert execution["Status"] == "FAILED"
    assert execution["FailedReason"].startswith(
        "S3 could not be used for 5 minutes, until the next window was due. S3 did not answer when asked to"
    )


def test_a_fault_of_the_engine_itself_is_tried_for_a_while_and_then_told(plant, scheduler):
    (nudge,) = plant.resources.queue.sent

    class Broken:
        def concurrently(self, *_):
            raise ZeroDivisionError

        get_many = concurrently

    for _ in range(2 * KILLED_AT_MOST):
        run_execution(replace(plant.resources, objects=Broken()), int(nudge.row_id))
        assert plant.latest()["Status"] == "IN_PROGRESS"
    plant.world.clock.now = END + FAULTS_TRIED_FOR
    run_execution(replace(plant.resources, objects=Broken()), int(nudge.row_id))
    assert plant.latest()["FailedReason"] == "The engine itself failed: ZeroDivisionError. Its log has the details."
