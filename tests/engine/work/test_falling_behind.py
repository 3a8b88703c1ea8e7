"""Workers that have fallen behind: the present comes first, a bounded backlog is kept, and lateness is recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plant import MINUTE, Plant, at, plant_of
from sqlalchemy import select, update

from service.engine.resources import RememberingQueue
from service.engine.store.locks import working_on
from service.engine.store.tables import inference_executions, inference_schedulers
from service.engine.work import waking
from service.engine.work.tick import LONG_QUEUE, tick
from service.engine.worker import WORK

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


def plant_with(plant: Plant, **settings) -> Plant:
    changed = replace(plant.resources, settings=replace(plant.resources.settings, **settings))
    return plant_of(changed, plant.s3, plant.bucket, plant.world.region)


def without_workers(plant: Plant, windows: int) -> None:
    """So many boundaries pass, and nobody takes a message."""
    for number in range(windows):
        plant.world.clock.now = END + number * 5 * MINUTE
        tick(plant.resources, plant.world.clock.now)


def told(plant: Plant) -> list[tuple[str, str]]:
    """DataEndTime and status, newest first."""
    return [(f"{one['DataEndTime']:%H:%M}", one["Status"]) for one in plant.executions()]


def test_the_message_of_an_old_window_has_the_newest_one_run_first(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed_windows(START, 3)
    without_workers(plant, 3)
    oldest = min(plant.resources.queue.sent, key=lambda nudge: int(nudge.row_id))
    WORK[oldest.task](plant.resources, oldest.row_id)
    assert told(plant) == [("13:15", "SUCCESS"), ("13:10", "IN_PROGRESS"), ("13:05", "IN_PROGRESS")]
    plant.work()
    assert {status for _, status in told(plant)} == {"SUCCESS"}


@pytest.mark.parametrize(("policy", "hours", "kept"), [("latest", 24, 1), ("skip", 24, 1), ("all", 0.2, 3)])
def test_windows_behind_what_the_policy_keeps_are_failed_with_a_reason(plant, policy, hours, kept):
    plant = plant_with(plant, catch_up_policy=policy, catch_up_hours=hours)
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed_windows(START, 5)
    without_workers(plant, 5)
    assert [status for _, status in told(plant)] == ["IN_PROGRESS"] * kept + ["FAILED"] * (5 - kept)
    waited = "in the 0.2 hours that missed windows are kept" if policy == "all" else "before the next one was due"
    for execution in plant.executions(Status="FAILED"):
        assert execution["FailedReason"] == (
            f"No worker was free for this window {waited} (catch-up policy {policy.upper()}). "
            "The workers are too few or were away: run more of them, then replay what was missed."
        )
    plant.work()
    assert [status for _, status in told(plant)] == ["SUCCESS"] * kept + ["FAILED"] * (5 - kept)
    assert len(plant.keys("out/")) == kept


def test_a_window_that_somebody_works_on_is_not_given_up(plant):
    plant = plant_with(plant, catch_up_policy="latest")
    plant.scheduler(since="2026-03-01T13:01:00")
    without_workers(plant, 1)
    (nudge,) = plant.resources.queue.sent
    with working_on(plant.resources.database, "execution", nudge.row_id):
        plant.world.clock.now = END + 5 * MINUTE
        tick(plant.resources, plant.world.clock.now)
    assert told(plant) == [("13:10", "IN_PROGRESS"), ("13:05", "IN_PROGRESS")]


def test_when_a_window_was_begun_and_ended_is_kept_in_its_row(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed_windows(START, 1)
    without_workers(plant, 1)
    plant.world.clock.now = END + timedelta(seconds=7)
    plant.work()
    with plant.resources.database.begin() as connection:
        row = connection.execute(select(inference_executions)).one()
    assert (row.started_at, row.finished_at) == (plant.world.clock.now,) * 2
    assert row.finished_at - row.scheduled_start_time == timedelta(seconds=7)


def test_nothing_is_sent_again_to_a_queue_that_is_long_already(plant):
    class Long(RememberingQueue):
        def waiting(self, queue: str) -> int:
            return LONG_QUEUE

    plant.scheduler(since="2026-03-01T13:01:00")
    without_workers(plant, 1)
    queue = Long()
    tick(replace(plant.resources, queue=queue), END + MINUTE)
    assert queue.sent == []
    tick(plant.resources, END + MINUTE)
    assert len(plant.resources.queue.sent) == 2


@pytest.fixture
def three(plant) -> Plant:
    for name in "abc":
        plant.scheduler(name, since="2026-03-01T13:01:00")
    return plant


def test_a_scheduler_that_cannot_be_understood_keeps_no_other_one_back(three):
    with three.resources.database.begin() as connection:
        broken = update(inference_schedulers).where(inference_schedulers.c.name == "b")
        connection.execute(broken.values(data_upload_frequency="often"))
    without_workers(three, 1)
    assert [len(three.executions(name)) for name in "abc"] == [1, 0, 1]
    with three.resources.database.begin() as connection:
        connection.execute(broken.values(data_upload_frequency="PT5M"))
    tick(three.resources, END + waking.PUT_OFF)
    assert [len(three.executions(name)) for name in "abc"] == [1, 1, 1]


def test_a_scheduler_whose_rows_the_database_refuses_keeps_no_other_one_back(three, monkeypatch):
    add = waking.due.add_executions

    def refusing(connection, steps, now):
        if any(scheduler.name == "b" and step.windows for scheduler, step in steps):
            raise ValueError("a row that no database takes")
        return add(connection, steps, now)

    monkeypatch.setattr(waking.due, "add_executions", refusing)
    without_workers(three, 1)
    assert [len(three.executions(name)) for name in "abc"] == [1, 0, 1]
    monkeypatch.undo()
    tick(three.resources, END + waking.PUT_OFF)
    assert [len(three.executions(name)) for name in "abc"] == [1, 1, 1]


def test_a_round_looks_only_at_schedulers_whose_time_has_come(three, monkeypatch):
    looked_at = []
    step_of = waking.step_of
    monkeypatch.setattr(waking, "step_of", lambda *of, **more: looked_at.append(of[1].name) or step_of(*of, **more))
    for moment in (END - MINUTE, END - MINUTE, END, END + MINUTE, END + 5 * MINUTE):
        tick(three.resources, moment)
    assert sorted(looked_at) == sorted("abc" * 3)
