"""A long backlog of old executions goes in small transactions, for a bounded time, and disturbs nobody."""

from collections.abc import Iterator
from threading import Event

import pytest
from engine_world import scheduler_request
from old_runs import DAY, START, WINDOW, counted, go_to, ran, recorded, scheduled, windows
from sqlalchemy import event, select

from service.engine.store.tables import inference_executions
from service.engine.work import retention
from service.engine.work.retention import remove_old_executions
from service.engine.work.tick import _tidy

__all__ = ["ran", "scheduled"]


@pytest.fixture
def batches(ran, monkeypatch) -> Iterator[list[int]]:
    """How many executions each transaction deletes; ten at once."""
    monkeypatch.setattr(retention, "AT_ONCE", 10)
    monkeypatch.setattr(retention, "SCHEDULERS_AT_ONCE", 1)
    deleted, open_ones = [], []

    def note(connection, cursor, statement, *_):
        if statement.startswith("DELETE FROM inference_executions"):
            open_ones.append(cursor.rowcount)

    def committed(connection):
        deleted.extend([sum(open_ones)] if open_ones else [])
        open_ones.clear()

    listeners = [("after_cursor_execute", note), ("commit", committed)]
    for name, listener in listeners:
        event.listen(ran.resources.database, name, listener)
    yield deleted
    for name, listener in listeners:
        event.remove(ran.resources.database, name, listener)


def test_a_long_backlog_goes_in_small_transactions_the_oldest_first(ran, batches):
    recorded(ran, 35)
    remove_old_executions(ran.resources)
    assert batches == [10, 10, 10, 5]
    assert windows(ran) == [3, 2, 1, 0]


def test_a_run_ends_in_its_time_and_the_next_one_goes_on(ran, batches):
    recorded(ran, 35)
    remove_old_executions(ran.resources, run_seconds=0)
    assert batches == [10]
    assert min(one["DataStartTime"] for one in ran.executions()) == START - 365 * DAY - 25 * WINDOW
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2, 1, 0]


def test_a_worker_that_ends_does_not_go_on(ran, batches, monkeypatch):
    told_to_end = Event()
    told_to_end.set()
    monkeypatch.setattr(retention, "stopping", told_to_end)
    recorded(ran, 35)
    remove_old_executions(ran.resources)
    assert batches == [10]


def test_every_scheduler_has_its_turn(ran, batches):
    recorded(ran, 5)
    for name in ("second", "third"):
        ran.model(f"model-of-{name}")
        ran.client.create_inference_scheduler(**scheduler_request(name) | {"ModelName": f"model-of-{name}"})
    remove_old_executions(ran.resources)
    assert sorted(batches) == [0, 0, 5]


def test_rows_that_somebody_has_hold_of_are_left_for_the_next_run(ran):
    recorded(ran, 3)
    with ran.resources.database.begin() as connection:
        oldest = select(inference_executions.c.id).order_by(inference_executions.c.data_start_time).limit(1)
        connection.execute(oldest.with_for_update())
        remove_old_executions(ran.resources)
    assert counted(ran) == 5
    remove_old_executions(ran.resources)
    assert counted(ran) == 4


def test_pages_of_a_list_that_shrinks_repeat_nothing_and_come_to_an_end(ran):
    recorded(ran, 6)
    name = {"InferenceSchedulerName": "scheduler", "MaxResults": 3}
    first = ran.client.list_inference_executions(**name)
    second = ran.client.list_inference_executions(**name, NextToken=first["NextToken"])
    remove_old_executions(ran.resources)  # the rest of the second page, and all behind it
    third = ran.client.list_inference_executions(**name, NextToken=second["NextToken"])
    assert third["InferenceExecutionSummaries"] == []
    assert "NextToken" not in third
    again = ran.client.list_inference_executions(**name, NextToken=first["NextToken"])
    assert [one["DataStartTime"] for one in again["InferenceExecutionSummaries"]] == [START]
    assert "NextToken" not in again


def test_the_hourly_tidying_sends_it_to_a_worker(ran):
    go_to(ran, START + 60 * DAY)
    _tidy(ran.resources)
    ran.work()
    assert windows(ran) == []
