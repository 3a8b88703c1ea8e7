"""ListInferenceExecutions and ListInferenceEvents through boto3."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from engine_world import INPUT, OUTPUT, World, refused
from sqlalchemy import insert

from service.engine.store import event_parts, schedulers
from service.engine.store.event_parts import EventPart
from service.engine.store.tables import inference_executions

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FREQUENCY = timedelta(minutes=5)


def recorded(world: World, number: int, **columns: Any) -> int:
    """Record the execution of the window that starts `number` windows after noon; its id."""
    with world.resources.database.begin() as connection:
        scheduler = schedulers.find(connection, world.scope, "s")
        start = NOON + number * FREQUENCY
        values = {
            "scheduler_id": scheduler.id,
            "data_start_time": start,
            "data_end_time": start + FREQUENCY,
            "scheduled_start_time": start + FREQUENCY,
            "data_input_configuration": scheduler.data_input_configuration,
            "data_output_configuration": scheduler.data_output_configuration,
            "status": "SUCCESS",
        }
        statement = insert(inference_executions).values(values | columns).returning(inference_executions.c.id)
        return connection.execute(statement).scalar_one()


def listed(world: World, **filters: Any) -> list[dict[str, Any]]:
    answer = world.client.list_inference_executions(InferenceSchedulerName="s", **filters)
    return answer["InferenceExecutionSummaries"]


def windows(world: World, **filters: Any) -> list[int]:
    return [round((entry["DataStartTime"] - NOON) / FREQUENCY) for entry in listed(world, **filters)]


def test_a_scheduler_that_has_not_run_has_an_empty_list(world: World):
    world.scheduler("s")
    assert listed(world) == []


def test_the_newest_window_comes_first_whatever_the_order_of_the_runs(world: World):
    world.scheduler("s")
    for number in (2, 0, 1):
        recorded(world, number)
    assert windows(world) == [2, 1, 0]


def test_a_success_has_its_result_and_no_reason(world: World):
    arn = world.scheduler("s")["InferenceSchedulerArn"]
    recorded(world, 0, result_key="output/2026-03-01T12:00:00Z/results.jsonl", model_version=1)
    model_arn = world.client.describe_model(ModelName="model-of-s")["ModelArn"]
    (entry,) = listed(world)
    assert entry == {
        "ModelName": "model-of-s",
        "ModelArn": model_arn,
        "InferenceSchedulerName": "s",
        "InferenceSchedulerArn": arn,
        "ScheduledStartTime": NOON + FREQUENCY,
        "DataStartTime": NOON,
        "DataEndTime": NOON + FREQUENCY,
        "DataInputConfiguration": INPUT,
        "DataOutputConfiguration": OUTPUT,
        "CustomerResultObject": {"Bucket": "sensor-data", "Key": "output/2026-03-01T12:00:00Z/results.jsonl"},
        "Status": "SUCCESS",
        "AnomalyThreshold": 0.5,
        "ModelVersion": 1,
        "ModelVersionArn": f"{model_arn}/model-version/1",
    }


def test_a_failure_has_its_reason_and_no_result(world: World):
    world.scheduler("s")
    recorded(world, 0, status="FAILED", failed_reason="Could not find data file for sensor pump …")
    (entry,) = listed(world)
    assert entry["FailedReason"] == "Could not find data file for sensor pump …"
    assert "CustomerResultObject" not in entry


def test_one_in_progress_is_listed_without_result_and_reason(world: World):
    world.scheduler("s")
    recorded(world, 0, status="IN_PROGRESS", result_key="of-an-earlier-try", failed_reason="of an earlier try")
    (entry,) = listed(world)
    assert entry["Status"] == "IN_PROGRESS"
    assert not entry.keys() & {"CustomerResultObject", "FailedReason"}


def test_both_bounds_are_strict(world: World):
    world.scheduler("s")
    for number in range(4):
        recorded(world, number)
    assert windows(world, DataStartTimeAfter=NOON) == [3, 2, 1]
    assert windows(world, DataStartTimeAfter=NOON - timedelta(seconds=1)) == [3, 2, 1, 0]
    assert windows(world, DataEndTimeBefore=NOON + 4 * FREQUENCY) == [2, 1, 0]
    assert windows(world, DataStartTimeAfter=NOON, DataEndTimeBefore=NOON + 3 * FREQUENCY) == [1]


def test_the_status_filters(world: World):
    world.scheduler("s")
    recorded(world, 0)
    recorded(world, 1, status="FAILED")
    recorded(world, 2, status="IN_PROGRESS")
    assert [windows(world, Status=status) for status in ("SUCCESS", "FAILED", "IN_PROGRESS")] == [[0], [1], [2]]


def test_pages_go_back_in_time_even_while_new_runs_come(world: World):
    world.scheduler("s")
    for number in range(5):
        recorded(world, number)
    first = world.client.list_inference_executions(InferenceSchedulerName="s", MaxResults=2)
    recorded(world, 5)
    assert windows(world, MaxResults=2, NextToken=first["NextToken"]) == [2, 1]


def test_an_update_leaves_the_configuration_of_earlier_runs_alone(world: World):
    world.scheduler("s")
    recorded(world, 0)
    elsewhere = {"S3InputConfiguration": {"Bucket": "other-bucket", "Prefix": "in/"}}
    world.client.update_inference_scheduler(InferenceSchedulerName="s", DataInputConfiguration=elsewhere)
    recorded(world, 1)
    assert [entry["DataInputConfiguration"] for entry in listed(world)] == [elsewhere, INPUT]


def test_history_goes_with_the_scheduler(world: World):
    world.scheduler("s", status="STOPPED")
    recorded(world, 0)
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    world.scheduler("s", ModelName="model-of-s")
    assert listed(world) == []


SHARES = [{"name": "pump\\Sensor0", "value": 0.75}, {"name": "pump\\Sensor1", "value": 0.25}]


def an_event(
    world: World,
    number: int,
    start: float,
    end: float,
    *,
    opens: bool = False,
    closes: bool = False,
    shares: list[dict[str, Any]] = SHARES,
) -> None:
    """Record an anomaly from `start` to `end` minutes into a window."""
    execution_id = recorded(world, number)
    begin = NOON + number * FREQUENCY
    part = EventPart(
        start_time=begin + timedelta(minutes=start),
        end_time=begin + timedelta(minutes=end),
        points=int(end - start) + 1,
        diagnostics=shares,
        opens_window=opens,
        closes_window=closes,
    )
    with world.resources.database.begin() as connection:
        scheduler = schedulers.find(connection, world.scope, "s")
        event_parts.replace_parts(connection, scheduler.id, execution_id, [part])


def events(world: World, start: datetime, end: datetime, **more: Any) -> list[dict[str, Any]]:
    interval = {"IntervalStartTime": start, "IntervalEndTime": end}
    return world.client.list_inference_events(InferenceSchedulerName="s", **interval, **more)["InferenceEventSummaries"]


def test_an_event_has_its_length_and_its_contributions_as_text(world: World):
    arn = world.scheduler("s")["InferenceSchedulerArn"]
    an_event(world, 0, 1, 3)
    (event,) = events(world, NOON, NOON + FREQUENCY)
    diagnostics = event.pop("Diagnostics")
    assert json.loads(diagnostics)[0] == {"name": "pump\\Sensor0", "value": 0.75}
    assert event == {
        "InferenceSchedulerArn": arn,
        "InferenceSchedulerName": "s",
        "EventStartTime": NOON + timedelta(minutes=1),
        "EventEndTime": NOON + timedelta(minutes=3),
        "EventDurationInSeconds": 120,
    }


def test_an_event_of_one_row_has_no_length(world: World):
    world.scheduler("s")
    an_event(world, 0, 1, 1)
    (event,) = events(world, NOON, NOON + FREQUENCY)
    assert (event["EventEndTime"], event["EventDurationInSeconds"]) == (event["EventStartTime"], 0)


def test_contributions_stay_within_the_length_that_the_model_allows(world: World):
    world.scheduler("s")
    long = [{"name": f"{'c' * 200}\\{number:0200d}", "value": number / 45_000} for number in range(300)]
    an_event(world, 0, 1, 3, shares=long)
    (event,) = events(world, NOON, NOON + FREQUENCY)
    assert len(event["Diagnostics"]) <= 50_000
    kept = json.loads(event["Diagnostics"])
    assert (len(kept), kept[0]["name"][-3:], kept[-1]["name"][-3:]) == (100, "299", "200")


def test_an_event_goes_on_over_the_border_of_two_windows(world: World):
    world.scheduler("s")
    an_event(world, 0, 3, 5, closes=True)
    an_event(world, 1, 1, 2, opens=True)
    (event,) = events(world, NOON, NOON + 2 * FREQUENCY)
    assert (event["EventStartTime"], event["EventEndTime"]) == (
        NOON + timedelta(minutes=3),
        NOON + timedelta(minutes=7),
    )


def test_events_that_overlap_the_interval_are_listed_newest_first(world: World):
    """Their end at or after the interval's start, their start before its end."""
    world.scheduler("s")
    for number in range(3):
        an_event(world, number, 1, 2)
    starts = [
        round((event["EventStartTime"] - NOON) / FREQUENCY) for event in events(world, NOON, NOON + 3 * FREQUENCY)
    ]
    assert starts == [2, 1, 0]
    minute = timedelta(minutes=1)
    assert len(events(world, NOON + 2 * minute, NOON + 6 * minute)) == 1
    assert len(events(world, NOON + 2 * minute, NOON + 6.5 * minute)) == 2
    assert events(world, NOON + 3 * minute, NOON + 6 * minute) == []


def test_events_come_in_pages(world: World):
    world.scheduler("s")
    for number in range(3):
        an_event(world, number, 1, 2)
    interval = {"IntervalStartTime": NOON, "IntervalEndTime": NOON + 3 * FREQUENCY}
    first = world.client.list_inference_events(InferenceSchedulerName="s", MaxResults=2, **interval)
    rest = world.client.list_inference_events(InferenceSchedulerName="s", NextToken=first["NextToken"], **interval)
    assert [len(first["InferenceEventSummaries"]), len(rest["InferenceEventSummaries"])] == [2, 1]
    assert "NextToken" not in rest


def test_an_interval_that_ends_before_it_starts_is_a_validation_error(world: World):
    world.scheduler("s")
    request = {"InferenceSchedulerName": "s", "IntervalStartTime": NOON, "IntervalEndTime": NOON}
    refused("ValidationException", world.client.list_inference_events, **request)
