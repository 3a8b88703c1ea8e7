"""Looking after operations: the row is the truth, a message only a nudge."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from service.facade.problems import DatabaseUnavailable, OperationNotFound
from service.facade.store.database import connect
from service.facade.usecases.operations import (
    WATCH,
    show_operation,
    sweep_operations,
    watch_operation,
)
from service.facade.usecases.schedulers import force_delete_scheduler, start_scheduler, stop_scheduler


def later(resources, **by):
    return replace(resources, clock=lambda: datetime.now(UTC) + timedelta(**by))


def no_check(_) -> None:
    """Every present state will do."""


def test_a_look_asks_for_the_next_look_while_the_scheduler_is_on_its_way(resources, queue, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    queue.take()

    watch_operation(resources, operation.id)

    assert queue.take() == [(WATCH, operation.id)]
    assert show_operation(resources, "default", operation.id).scheduler_status == "STOPPING"


def test_an_ended_operation_is_not_looked_at_again(resources, queue, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    upstream.schedulers[name]["Status"] = "STOPPED"
    watch_operation(resources, operation.id)
    queue.take()
    calls = len(upstream.calls)

    watch_operation(resources, operation.id)

    assert (len(upstream.calls), queue.take()) == (calls, [])


def test_two_workers_never_look_at_one_operation_at_once(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    upstream.calls.clear()
    upstream.hold = Event()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(watch_operation, resources, operation.id)
        while not upstream.calls:
            assert not first.done()
        watch_operation(resources, operation.id)
        assert upstream.calls == ["DescribeInferenceScheduler"]
        upstream.hold.set()
        first.result()


@pytest.mark.parametrize(
    ("begin", "before", "after"), [(start_scheduler, "STOPPED", "STOPPED"), (stop_scheduler, "RUNNING", "RUNNING")]
)
def test_an_operation_that_somebody_else_undid_fails_and_says_so(resources, upstream, name, begin, before, after):
    upstream.add_scheduler(name, before)
    operation = begin(resources, "default", name)
    upstream.schedulers[name]["Status"] = after

    watch_operation(resources, operation.id)

    failed = show_operation(resources, "default", operation.id)
    assert (failed.status, failed.problem["type"]) == ("failed", "/problems/operation-overtaken")
    assert name in failed.problem["detail"]


def test_an_operation_whose_scheduler_was_deleted_fails(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    del upstream.schedulers[name]

    watch_operation(resources, operation.id)

    assert show_operation(resources, "default", operation.id).problem["type"] == "/problems/scheduler-not-found"


def test_an_operation_past_its_deadline_fails_with_what_was_seen_last(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)

    watch_operation(later(resources, minutes=11), operation.id)

    failed = show_operation(resources, "default", operation.id)
    assert (failed.status, failed.problem["type"]) == ("failed", "/problems/operation-timed-out")
    assert "STOPPING" in failed.problem["detail"]


def test_an_engine_that_is_away_for_a_while_does_not_fail_an_operation(resources, queue, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    queue.take()
    upstream.refuse("DescribeInferenceScheduler", "AccessDeniedException")
    watch_operation(resources, operation.id)
    assert (show_operation(resources, "default", operation.id).status, queue.take()) == (
        "running",
        [(WATCH, operation.id)],
    )

    upstream.refusals.clear()
    upstream.schedulers[name]["Status"] = "STOPPED"
    watch_operation(resources, operation.id)

    assert show_operation(resources, "default", operation.id).status == "succeeded"


def test_an_engine_that_stays_away_until_the_deadline_is_named_as_the_reason(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    upstream.refuse("DescribeInferenceScheduler", "AccessDeniedException", "not with this key")

    watch_operation(later(resources, minutes=11), operation.id)

    assert "not with this key" in show_operation(resources, "default", operation.id).problem["detail"]


def test_a_seen_change_of_state_drops_the_cached_answer(resources, client, upstream, name):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    assert client.get(f"/v1/schedulers/{name}").json["status"] == "STOPPING"
    upstream.schedulers[name]["Status"] = "STOPPED"

    watch_operation(resources, operation.id)

    assert client.get(f"/v1/schedulers/{name}").json["status"] == "STOPPED"


def test_a_forced_deletion_goes_on_where_a_killed_worker_left_it(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = force_delete_scheduler(resources, "default", name, no_check)
    upstream.schedulers[name]["Status"] = "STOPPED"  # a worker stopped it and died before it could write that down

    watch_operation(resources, operation.id)
    watch_operation(resources, operation.id)

    assert show_operation(resources, "default", operation.id).status == "succeeded"
    assert name not in upstream.schedulers


def test_a_forced_deletion_of_a_pending_scheduler_stops_it_too(resources, upstream, name):
    upstream.add_scheduler(name, "PENDING")
    operation = force_delete_scheduler(resources, "default", name, no_check)

    watch_operation(resources, operation.id)

    assert upstream.schedulers[name]["Status"] == "STOPPING"


def test_a_forced_deletion_survives_a_change_between_look_and_step(resources, upstream, name):
    upstream.add_scheduler(name)
    operation = force_delete_scheduler(resources, "default", name, no_check)
    upstream.refuse("StopInferenceScheduler", "ConflictException", "it is STOPPING already")

    watch_operation(resources, operation.id)

    assert show_operation(resources, "default", operation.id).status == "running"


def test_the_sweep_nudges_what_nobody_looked_at_and_nothing_else(resources, queue, upstream, name):
    upstream.add_scheduler(name)
    upstream.add_scheduler(f"{name}-2")
    forgotten = stop_scheduler(later(resources, seconds=-10), "default", name)
    looked_after = stop_scheduler(resources, "default", f"{name}-2")
    queue.take()

    sweep_operations(resources)

    nudged = {operation_id for _, operation_id in queue.take()}
    assert forgotten.id in nudged
    assert looked_after.id not in nudged


def test_the_sweep_forgets_operations_that_ended_a_month_ago_and_keeps_others(resources, upstream, name):
    upstream.add_scheduler(name)
    upstream.add_scheduler(f"{name}-2")
    old = stop_scheduler(later(resources, days=-31), "default", name)
    unfinished = stop_scheduler(later(resources, days=-31), "default", f"{name}-2")
    upstream.schedulers[name]["Status"] = "STOPPED"
    watch_operation(later(resources, days=-31), old.id)

    sweep_operations(resources)

    with pytest.raises(OperationNotFound):
        show_operation(resources, "default", old.id)
    assert show_operation(resources, "default", unfinished.id).status == "running"


def test_nothing_is_changed_upstream_when_the_operation_could_not_be_recorded(resources, upstream, name):
    upstream.add_scheduler(name)
    gone = connect("postgresql:///facade?host=/nowhere", connections=1)

    with pytest.raises(DatabaseUnavailable):
        stop_scheduler(replace(resources, database=gone), "default", name)
    assert upstream.calls == []


@pytest.mark.parametrize("status", ["STOPPED", "RUNNING"])
def test_what_another_team_calls_by_the_name_meanwhile_is_left_alone(resources, upstream, name, status):
    upstream.add_scheduler(name, "STOPPED")
    operation = force_delete_scheduler(resources, "default", name, no_check)
    upstream.add_scheduler(name, status, team="others", InferenceSchedulerArn=f"another-{name}")

    watch_operation(resources, operation.id)

    assert upstream.schedulers[name]["Status"] == status
    ended = show_operation(resources, "default", operation.id)
    assert (ended.status, ended.scheduler_status) == ("succeeded", None)


def test_a_new_scheduler_of_the_name_outlives_the_deletion_of_the_old_one(resources, upstream, name):
    upstream.add_scheduler(name, "STOPPED")
    operation = force_delete_scheduler(resources, "default", name, no_check)
    watch_operation(resources, operation.id)
    upstream.add_scheduler(name)

    watch_operation(resources, operation.id)

    assert upstream.schedulers[name]["Status"] == "RUNNING"


def test_an_operation_tells_nothing_of_another_teams_scheduler(resources, upstream, name):
    upstream.add_scheduler(name, "STOPPED")
    operation = start_scheduler(resources, "default", name)
    upstream.add_scheduler(name, "RUNNING", team="others", InferenceSchedulerArn=f"another-{name}")

    watch_operation(resources, operation.id)

    ended = show_operation(resources, "default", operation.id)
    assert (ended.status, ended.problem["type"]) == ("failed", "/problems/scheduler-not-found")
