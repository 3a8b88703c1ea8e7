"""A window that hangs delays no other scheduler, and ends with a reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import BoundedSemaphore, Event
from time import monotonic, sleep

import pytest
from plant import MINUTE, Plant, at, csv_of, minutes_of
from short_limits import LIMIT, SLOT, until
from slow_store import slow_for
from sqlalchemy import select

from service.engine import worker
from service.engine.objects import open_objects
from service.engine.resources import Resources
from service.engine.store.tables import inference_executions, inference_schedulers
from service.engine.work.inference import executions
from service.engine.work.inference.slots import in_slot
from service.engine.work.inference.time_limits import Limited, TimeIsUp, TimeLimits
from service.engine.work.tick import tick
from service.engine.worker import WORK

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


@pytest.fixture
def slow(plant: Plant, s3_endpoint_url: str, monkeypatch) -> Iterator[tuple[Resources, Event]]:
    """The resources of a worker whose S3 hangs for one prefix, and what lets it go on. Its slots are short."""
    for module in (worker, executions):
        monkeypatch.setattr(module, "SLOT_SECONDS", SLOT)
    with slow_for("slow/", s3_endpoint_url) as (url, let_go):
        settings = replace(plant.resources.settings, s3_endpoint_url=url, execution_seconds=LIMIT)
        yield replace(plant.resources, settings=settings, objects=open_objects(settings)), let_go


@pytest.fixture
def two(plant: Plant) -> Plant:
    """Two schedulers with data for two windows; one looks for its data where S3 hangs."""
    place = plant.input() | {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "slow/"}}
    output = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "never/"}}
    plant.scheduler(
        "hanging", since="2026-03-01T13:01:00", DataInputConfiguration=place, DataOutputConfiguration=output
    )
    plant.scheduler("healthy", since="2026-03-01T13:01:00")
    plant.feed_windows(START, 2)
    for component in ("pump", "motor"):
        plant.put(f"slow/{component}_20260301130000.csv", csv_of(component, minutes_of(START, END)))
    return plant


def fall_due(plant: Plant, resources: Resources, moment: datetime) -> None:
    """A worker with one slot does what falls due, the hanging scheduler's window before the healthy one's."""
    plant.world.clock.now = moment
    tick(plant.resources, moment)
    hanging = (
        select(inference_executions.c.id).join(inference_schedulers).where(inference_schedulers.c.name == "hanging")
    )
    with plant.resources.database.begin() as connection:
        first = {str(row_id) for row_id in connection.scalars(hanging)}
    sent, plant.resources.queue.sent[:] = (
        sorted(plant.resources.queue.sent, key=lambda one: one.row_id not in first),
        [],
    )
    for nudge in sent:
        WORK[nudge.task](resources, nudge.row_id)


def statuses(plant: Plant, name: str) -> list[str]:
    return [execution["Status"] for execution in plant.executions(name)]


def test_one_scheduler_whose_s3_hangs_takes_the_slot_of_no_other_one(two, slow):
    resources, let_go = slow
    fall_due(two, resources, END)
    until(lambda: statuses(two, "healthy") == ["SUCCESS"])
    assert statuses(two, "hanging") == ["IN_PROGRESS"]
    fall_due(two, resources, END + 5 * MINUTE)  # the next one of the hanging scheduler is turned away
    until(lambda: statuses(two, "healthy") == ["SUCCESS", "SUCCESS"])
    assert statuses(two, "hanging") == ["IN_PROGRESS", "IN_PROGRESS"]
    until(lambda: "FAILED" in statuses(two, "hanging"))
    assert two.executions("hanging", Status="FAILED")[0]["FailedReason"] == (
        "The window could not be scored within 3 seconds (LOOKOUT_EXECUTION_SECONDS): S3 answers too slowly, or "
        "there is too much data in it for this machine."
    )
    let_go.set()
    until(lambda: not len(executions.TIME_LIMITS))
    assert statuses(two, "hanging") == ["IN_PROGRESS", "FAILED"]
    assert two.keys("never/") == []


def test_a_window_that_was_given_up_can_be_replayed_while_its_thread_still_hangs(two, slow):
    resources, let_go = slow
    fall_due(two, resources, END)
    until(lambda: statuses(two, "hanging") == ["FAILED"])
    two.client.start_inference_replay(InferenceSchedulerName="hanging", StartTime=START, EndTime=END, ClientToken="1")
    assert len(executions.TIME_LIMITS) == 1
    two.work()  # with an S3 that answers again
    assert statuses(two, "hanging") == ["SUCCESS"]
    let_go.set()
    until(lambda: not len(executions.TIME_LIMITS))
    assert statuses(two, "hanging") == ["SUCCESS"]


def test_a_slot_waits_for_what_is_quick_and_raises_what_it_raises():
    done = []
    in_slot(lambda: done.append(1), 10)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        in_slot(lambda: 1 / 0, 10)


def test_a_slot_waits_when_as_many_as_may_be_are_beside_it_already():
    let_go, ended, places = Event(), [], BoundedSemaphore(2)
    for _ in range(2):
        in_slot(partial(let_go.wait, 15), 0, places)
    began = monotonic()
    in_slot(lambda: ended.append(sleep(0.2)), 0, places)
    assert ended == [None]
    assert monotonic() - began >= 0.2
    let_go.set()
    until(partial(places.acquire, blocking=False))


def test_what_is_given_up_may_not_write_and_what_writes_is_not_given_up():
    limits, given_up = TimeLimits(), []
    writing = Limited(group="a", seconds=0.05, give_up=lambda: given_up.append("writing"))
    slow = Limited(group="b", seconds=0.05, give_up=lambda: given_up.append("slow"))
    with limits.limit(writing):
        limits.check_writing()
        with limits.limit(slow):
            until(lambda: given_up)
            with pytest.raises(TimeIsUp):
                limits.check_writing()
        limits.check_writing()
        assert given_up == ["slow"]


def test_a_failure_to_give_up_is_tried_again():
    limits, tries = TimeLimits(), []

    def give_up() -> None:
        tries.append(1)
        if len(tries) < 2:
            raise OSError("the database is away")

    with limits.limit(Limited(group="a", seconds=0.02, give_up=give_up)):
        until(lambda: len(tries) == 2)


def test_a_process_is_told_of_threads_that_do_not_come_back():
    limits, lost = TimeLimits(), Event()
    limits.when_lost = lambda _: lost.set()
    with limits.limit(Limited(group="a", seconds=0.02, give_up=lambda: None)):
        assert lost.wait(15)
