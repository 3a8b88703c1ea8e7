"""Executions that ended long ago go, and nothing that is needed goes with them; no window runs again."""

from dataclasses import replace

import pytest
from old_runs import DAY, START, WINDOW, counted, go_to, kept_for, ran, scheduled, windows
from plant import MINUTE
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from service.engine.scheduling.windows import due_windows
from service.engine.store import model_versions, models, replays, schedulers
from service.engine.store.retention import History
from service.engine.store.tables import inference_events, inference_executions
from service.engine.work.retention import needed_from, remove_old_executions
from service.engine.work.schedules import catch_up_of, schedule_of
from service.engine.work.tick import tick
from service.settings import Settings

__all__ = ["ran", "scheduled"]


def test_old_executions_are_gone_from_the_list_and_the_rest_stays(ran):
    go_to(ran, START + 30 * DAY + 2.5 * WINDOW)  # two windows have ended more than 30 days ago
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2]
    assert windows(ran, DataEndTimeBefore=START + 4 * WINDOW) == [2]
    assert all(one["Status"] == "SUCCESS" for one in ran.executions())


def test_events_go_with_their_executions_and_results_in_s3_stay(ran):
    assert counted(ran, inference_events) > 0
    results = ran.keys("out/")
    go_to(ran, START + 60 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == []
    assert counted(ran, inference_events) == 0
    assert ran.keys("out/") == results
    assert len(results) == 4


def test_executions_that_are_young_enough_stay(ran):
    go_to(ran, START + 30 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2, 1, 0]


def test_without_a_number_of_days_everything_is_kept(ran):
    go_to(ran, START + 4000 * DAY)
    remove_old_executions(kept_for(ran, 0).resources)
    assert windows(ran) == [3, 2, 1, 0]


def test_the_default_keeps_more_than_a_year(ran):
    by_default = kept_for(ran, Settings().execution_retention_days)
    go_to(ran, START + 399 * DAY)
    remove_old_executions(by_default.resources)
    assert windows(ran) == [3, 2, 1, 0]
    go_to(ran, START + 401 * DAY)
    remove_old_executions(by_default.resources)
    assert windows(ran) == []


def test_age_counts_from_the_end_of_a_run_and_not_from_its_data(ran):
    go_to(ran, START + 40 * DAY)
    ran.client.start_inference_replay(
        InferenceSchedulerName="scheduler", StartTime=START, EndTime=START + WINDOW, ExistingResults="OVERWRITE"
    )
    ran.work()
    remove_old_executions(ran.resources)
    assert windows(ran) == [0]
    go_to(ran, START + 71 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == []


def test_what_has_not_ended_is_kept_however_old(ran):
    with ran.resources.database.begin() as connection:
        newest = inference_executions.c.data_start_time == START + 3 * WINDOW
        connection.execute(update(inference_executions).where(newest).values(status="IN_PROGRESS"))
    go_to(ran, START + 60 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == [3]


def test_a_replay_that_has_not_ended_finds_everything_as_it_was(ran):
    go_to(ran, START + 60 * DAY)
    asked = {"StartTime": START, "EndTime": START + 4 * WINDOW, "ExistingResults": "KEEP"}
    replay_id = ran.client.start_inference_replay(InferenceSchedulerName="scheduler", **asked)["ReplayId"]
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2, 1, 0]
    ran.work()
    assert ran.client.describe_inference_replay(ReplayId=replay_id)["SkippedWindows"] == 4
    remove_old_executions(ran.resources)
    assert windows(ran) == []


def test_a_deleted_window_can_be_replayed(ran):
    go_to(ran, START + 60 * DAY)
    remove_old_executions(ran.resources)
    asked = {"StartTime": START, "EndTime": START + 4 * WINDOW, "ExistingResults": "KEEP"}
    ran.client.start_inference_replay(InferenceSchedulerName="scheduler", **asked)
    ran.work()
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2, 1, 0]


@pytest.mark.parametrize("policy", ["SKIP", "LATEST", "ALL"])
@pytest.mark.parametrize("starts_again", [False, True])
def test_no_window_whose_row_was_deleted_is_run_again(ran, policy, starts_again):
    """The engine was away for longer than executions are kept, not than windows are caught up, and deletes first."""
    ran = kept_for(ran, 1)
    name = {"InferenceSchedulerName": "scheduler"}
    ran.client.update_inference_scheduler(**name, CatchUpPolicy=policy, CatchUpHours=24 * 3)
    if starts_again:
        ran.client.stop_inference_scheduler(**name)
        ran.pass_time(START + 4 * WINDOW + MINUTE)
    go_to(ran, START + 2 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == []
    if starts_again:
        ran.client.start_inference_scheduler(**name)
    tick(ran.resources, ran.world.clock())
    with ran.resources.database.begin() as connection:
        first = connection.execute(select(func.min(inference_executions.c.data_start_time))).scalar_one()
    assert first is None or first >= START + 4 * WINDOW


def test_what_the_tick_has_not_come_to_is_kept_while_a_scheduler_runs(ran):
    """Replayed windows behind `scheduled_through` are known by their rows alone."""
    go_to(ran, START + 60 * DAY)
    with ran.resources.database.begin() as connection:
        scheduler = schedulers.find(connection, ran.world.scope, "scheduler")
        schedulers.change(connection, scheduler.id, scheduled_through=START + 2 * WINDOW)
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2]


@pytest.mark.parametrize("policy", ["SKIP", "LATEST", "ALL"])
@pytest.mark.parametrize("through", [None, START - WINDOW, START + 2 * WINDOW, START + 40 * DAY])
def test_what_may_be_deleted_and_what_may_fall_due_never_meet(scheduled, policy, through):
    now = START + 60 * DAY
    with scheduled.resources.database.begin() as connection:
        found = schedulers.find(connection, scheduled.world.scope, "scheduler")
    scheduler = replace(found, scheduled_through=through, catch_up_policy=policy, catch_up_hours=24.0 * 365)
    history = History(
        scheduler_id=scheduler.id,
        wanted=scheduler.wanted,
        activated_at=scheduler.activated_at,
        scheduled_through=through,
        lookback_window=None,
        reads_from=None,
    )
    due = due_windows(schedule_of(scheduler), now, through, catch_up_of(scheduler, scheduled.resources.settings))
    assert all(window.data_end_time > needed_from(history, now - 30 * DAY, now) for window in due)


def test_what_a_retraining_may_learn_from_is_kept(ran):
    model = {"ModelName": "model-of-scheduler"}
    schedule = {"RetrainingFrequency": "P30D", "LookbackWindow": "P180D"}
    ran.client.create_retraining_scheduler(**model, **schedule, RetrainingStartDate=START + 300 * DAY)
    go_to(ran, START + 180 * DAY + 2.5 * WINDOW)
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2]


def test_what_a_retraining_under_way_learns_from_is_kept(ran):
    with ran.resources.database.begin() as connection:
        model = models.find(connection, ran.world.scope, "model-of-scheduler")
        first = model_versions.get(connection, model.id, 1)
        under_way = {"status": "IN_PROGRESS", "source_type": "RETRAINING", "training_data_start_time": START + WINDOW}
        model_versions.add(connection, **vars(first) | {"version": 2} | under_way)
    go_to(ran, START + 60 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == [3, 2, 1]


def test_what_the_shadow_version_found_goes_too_and_stays_while_s3_is_away(ran):
    bucket, folder = ran.resources.settings.engine_bucket, f"shadows/{ran.bucket}/2/"
    for number in range(2):
        ran.s3.put_object(Bucket=bucket, Key=f"{folder}{number}/results.jsonl", Body=b"")
    with ran.resources.database.begin() as connection:
        for number in range(2):
            shadowed = inference_executions.c.data_start_time == START + number * WINDOW
            key = f"{folder}{number}/results.jsonl"
            connection.execute(update(inference_executions).where(shadowed).values(shadow_result_key=key))

    def kept() -> int:
        return len(ran.s3.list_objects_v2(Bucket=bucket, Prefix=folder).get("Contents", []))

    go_to(ran, START + 30 * DAY + 1.5 * WINDOW)
    remove_old_executions(ran.resources)
    assert (windows(ran), kept()) == ([3, 2, 1], 1)
    go_to(ran, START + 60 * DAY)
    with capture_logs() as logs:
        remove_old_executions(
            replace(ran.resources, settings=replace(ran.resources.settings, engine_bucket="none-yet"))
        )
    assert (windows(ran), kept()) == ([], 1)
    assert [line["event"] for line in logs] == ["shadow_results_kept", "old_executions_removed"]


def test_a_replay_can_still_be_described_without_its_executions(ran):
    asked = {"StartTime": START, "EndTime": START + 4 * WINDOW, "ExistingResults": "OVERWRITE"}
    replay_id = ran.client.start_inference_replay(InferenceSchedulerName="scheduler", **asked)["ReplayId"]
    ran.work()
    go_to(ran, START + 60 * DAY)
    remove_old_executions(ran.resources)
    assert windows(ran) == []
    assert ran.client.describe_inference_replay(ReplayId=replay_id)["SucceededWindows"] == 4
    with ran.resources.database.begin() as connection:
        assert replays.get(connection, replay_id).actual == "SUCCESS"
