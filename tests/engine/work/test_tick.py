"""The tick: state changes, due windows, and work that is sent again; seen through boto3."""

from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread

import pytest
from engine_world import refused
from plant import MINUTE, Plant, at, times_of

from service.engine.store import executions
from service.engine.store.locks import working_on
from service.engine.work import tick as tick_module
from service.engine.work.tick import INTERVAL_SECONDS, run_tick_loop, tick

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


@pytest.fixture
def scheduler(plant: Plant) -> str:
    return plant.scheduler(since="2026-03-01T13:01:00")


def status(plant: Plant) -> str:
    return plant.client.describe_inference_scheduler(InferenceSchedulerName="scheduler")["Status"]


def tick_at(plant: Plant, moment) -> None:
    """The messages of this tick stay in the queue: no worker is there."""
    plant.world.clock.now = moment
    tick(plant.resources, moment)


def test_a_new_scheduler_is_pending_until_the_next_tick(plant, scheduler):
    assert status(plant) == "PENDING"
    tick_at(plant, START + MINUTE)
    assert status(plant) == "RUNNING"


def test_a_stopping_scheduler_is_stopped_by_the_next_tick(plant, scheduler):
    tick_at(plant, START + MINUTE)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    assert status(plant) == "STOPPING"
    tick_at(plant, START + 2 * MINUTE)
    assert status(plant) == "STOPPED"


def test_a_stopping_scheduler_waits_for_the_execution_in_flight(plant, scheduler):
    plant.feed(START, END)
    tick_at(plant, END)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    tick_at(plant, END + MINUTE)
    assert (status(plant), plant.latest()["Status"]) == ("STOPPING", "IN_PROGRESS")
    plant.work()
    tick_at(plant, END + 2 * MINUTE)
    assert (status(plant), plant.latest()["Status"]) == ("STOPPED", "SUCCESS")


def test_a_stopping_scheduler_runs_no_further_window(plant, scheduler):
    tick_at(plant, START + MINUTE)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    tick_at(plant, END)
    assert plant.executions() == []


def test_a_scheduler_started_again_runs_nothing_of_the_time_it_was_stopped(plant, scheduler):
    plant.pass_time(END)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    plant.pass_time(END + MINUTE)
    plant.world.clock.now = END + 32 * MINUTE
    plant.client.start_inference_scheduler(InferenceSchedulerName=scheduler)
    plant.pass_time(END + 33 * MINUTE)
    assert status(plant) == "RUNNING"
    plant.pass_time(END + 41 * MINUTE)
    starts = [times_of(execution)[1] for execution in plant.executions()]
    assert starts == ["2026-03-01T13:40:00Z", "2026-03-01T13:35:00Z", "2026-03-01T13:00:00Z"]


def test_a_failed_execution_does_not_change_the_state(plant, scheduler):
    plant.pass_time(END)
    plant.pass_time(END + 5 * MINUTE)
    assert [execution["Status"] for execution in plant.executions()] == ["FAILED", "FAILED"]
    assert status(plant) == "RUNNING"


def test_a_stopped_scheduler_with_its_history_can_be_deleted(plant, scheduler):
    plant.pass_time(END)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    plant.pass_time(END + MINUTE)
    plant.client.delete_inference_scheduler(InferenceSchedulerName=scheduler)
    refused("ResourceNotFoundException", plant.client.describe_inference_scheduler, InferenceSchedulerName=scheduler)
    assert plant.executions() == []


def test_an_execution_is_listed_while_it_is_in_progress(plant, scheduler):
    tick_at(plant, END)
    (execution,) = plant.executions()
    assert execution["Status"] == "IN_PROGRESS"
    assert not {"CustomerResultObject", "FailedReason"} & set(execution)


def test_ticks_at_the_same_instant_run_a_window_once(plant, scheduler):
    plant.feed(START, END)
    for _ in range(3):
        plant.pass_time(END)
    assert len(plant.executions()) == 1


def test_ticks_on_several_hosts_run_every_window_once(plant, scheduler):
    hosts = [
        Thread(target=tick, args=(plant.resources, END + number * 5 * MINUTE)) for number in range(4) for _ in "ab"
    ]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    tick_at(plant, END + 15 * MINUTE)
    ends = sorted(times_of(execution)[2] for execution in plant.executions())
    assert ends == [f"2026-03-01T13:{minute:02}:00Z" for minute in (5, 10, 15, 20)]


def test_windows_missed_while_the_engine_was_down_are_run_late(plant, scheduler):
    plant.feed_windows(START, 4)
    plant.pass_time(END)
    plant.pass_time(END + 16 * MINUTE)
    found = [(times_of(execution)[0], execution["Status"]) for execution in plant.executions()]
    assert found == [(f"2026-03-01T13:{minute:02}:00Z", "SUCCESS") for minute in (20, 15, 10, 5)]


def test_after_an_outage_the_newest_window_is_run_first(plant, scheduler):
    plant.pass_time(END)
    tick_at(plant, END + 16 * MINUTE)
    sent = [int(nudge.row_id) for nudge in plant.resources.queue.sent]
    assert len(sent) == 3
    with plant.resources.database.begin() as connection:
        ends = [executions.get(connection, row_id).data_end_time for row_id in sent]
    assert ends == sorted(ends, reverse=True)


def test_windows_missed_for_longer_than_the_catch_up_limit_are_left_out(plant_without_catch_up):
    plant = plant_without_catch_up
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.pass_time(END)
    plant.pass_time(END + 21 * MINUTE)
    assert [times_of(execution)[2] for execution in plant.executions()] == [
        "2026-03-01T13:25:00Z",
        "2026-03-01T13:05:00Z",
    ]


def test_an_update_takes_effect_at_the_next_boundary(plant, scheduler):
    tick_at(plant, END)
    plant.client.update_inference_scheduler(
        InferenceSchedulerName=scheduler,
        DataOutputConfiguration={"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "new/"}},
    )
    plant.feed_windows(START, 2)
    plant.work()
    plant.pass_time(END + 5 * MINUTE)
    keys = [execution["CustomerResultObject"]["Key"] for execution in plant.executions()]
    assert keys == ["new/2026-03-01T13:05:00Z/results.jsonl", "out/2026-03-01T13:00:00Z/results.jsonl"]


def test_a_longer_frequency_begins_with_the_first_whole_window_that_ends_later(plant, scheduler):
    plant.pass_time(END)
    plant.client.update_inference_scheduler(InferenceSchedulerName=scheduler, DataUploadFrequency="PT1H")
    plant.pass_time(at("2026-03-01T14:00"))
    assert [times_of(execution)[1:] for execution in plant.executions()] == [
        ("2026-03-01T13:00:00Z", "2026-03-01T14:00:00Z"),
        ("2026-03-01T13:00:00Z", "2026-03-01T13:05:00Z"),
    ]


def test_a_message_that_was_lost_is_sent_again(plant, scheduler):
    plant.feed(START, END)
    tick_at(plant, END)
    plant.resources.queue.sent.clear()
    tick_at(plant, END + timedelta(seconds=9))
    assert plant.resources.queue.sent == []
    plant.pass_time(END + timedelta(seconds=10))
    assert plant.latest()["Status"] == "SUCCESS"


def test_a_round_sends_a_bounded_part_of_what_was_lost_and_the_next_round_goes_on(plant, scheduler, monkeypatch):
    monkeypatch.setattr(tick_module, "SENT_AGAIN_AT_ONCE", 2)
    plant.pass_time(END)
    tick_at(plant, END + 16 * MINUTE)
    lost = list(plant.resources.queue.sent)
    plant.resources.queue.sent.clear()
    for sent in (2, 3, 3):
        tick_at(plant, END + 17 * MINUTE)
        assert len(plant.resources.queue.sent) == sent
    assert set(plant.resources.queue.sent) == set(lost)


def test_messages_for_waiting_work_become_rare(plant, scheduler):
    """A worker that is away for a day must not come back to a queue of thousands of messages for one window."""
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    tick_at(plant, START + MINUTE)
    plant.client.start_inference_scheduler(InferenceSchedulerName=scheduler)
    tick_at(plant, END)
    plant.client.stop_inference_scheduler(InferenceSchedulerName=scheduler)
    for minutes in range(60):
        tick_at(plant, END + minutes * MINUTE)
    assert 10 < len(plant.resources.queue.sent) < 30


def test_work_that_somebody_has_in_hand_is_not_sent_again(plant, scheduler):
    tick_at(plant, END)
    (nudge,) = plant.resources.queue.sent
    plant.resources.queue.sent.clear()
    with working_on(plant.resources.database, "execution", nudge.row_id):
        tick_at(plant, END + MINUTE)
        assert plant.resources.queue.sent == []
    tick_at(plant, END + MINUTE)
    assert plant.resources.queue.sent == [nudge]


def test_a_message_for_a_window_that_is_being_run_is_dropped(plant, scheduler):
    plant.feed(START, END)
    tick_at(plant, END)
    (nudge,) = plant.resources.queue.sent
    with working_on(plant.resources.database, "execution", nudge.row_id):
        plant.work()
    assert plant.latest()["Status"] == "IN_PROGRESS"


def test_a_message_that_comes_twice_does_the_work_once(plant, scheduler):
    plant.feed(START, END)
    tick_at(plant, END)
    again = list(plant.resources.queue.sent)
    plant.work()
    plant.put("out/2026-03-01T13:00:00Z/results.jsonl", "as it was left")
    plant.resources.queue.sent.extend(again)
    plant.work()
    left = plant.s3.get_object(Bucket=plant.bucket, Key="out/2026-03-01T13:00:00Z/results.jsonl")
    assert left["Body"].read() == b"as it was left"


def test_the_loop_ticks_until_it_is_told_to_end(plant, scheduler):
    stop = Event()
    loop = Thread(target=run_tick_loop, args=(plant.resources, stop))
    loop.start()
    deadline = Event()
    for _ in range(100):
        if status(plant) == "RUNNING":
            break
        deadline.wait(0.05)
    stop.set()
    loop.join(5 + INTERVAL_SECONDS)
    assert not loop.is_alive()
    assert status(plant) == "RUNNING"


def test_a_round_that_fails_is_not_the_end_of_the_loop(plant, scheduler):
    """The clock fails once; the next round makes the scheduler run."""
    stop, calls = Event(), []

    def clock():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the clock stands still")
        stop.set()
        return plant.world.clock()

    run_tick_loop(replace(plant.resources, clock=clock), stop)
    assert status(plant) == "RUNNING"
