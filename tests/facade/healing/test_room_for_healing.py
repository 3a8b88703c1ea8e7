"""When a scheduler's own runs leave room for a replay. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.executions import InferenceExecution
from service.facade.domain.healing import LateWindow, first_run, is_idle
from service.facade.domain.schedulers import (
    DataInputConfiguration,
    DataOutputConfiguration,
    InferenceScheduler,
    S3Location,
)
from service.facade.domain.window_files import Window

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def scheduler(status: str = "RUNNING", delay: int = 0, created: int = -60) -> InferenceScheduler:
    place = S3Location(bucket="plant")
    return InferenceScheduler(
        inference_scheduler_name="pump",
        inference_scheduler_arn="arn",
        model_name="model",
        model_arn="arn",
        status=status,
        data_upload_frequency="PT5M",
        data_delay_offset_in_minutes=delay,
        data_input_configuration=DataInputConfiguration(s3_input_configuration=place),
        data_output_configuration=DataOutputConfiguration(s3_output_configuration=place),
        role_arn="role",
        created_at=NOON + timedelta(minutes=created),
        updated_at=NOON,
    )


def ended_at(minute: int, status: str = "SUCCESS") -> InferenceExecution:
    end = NOON + timedelta(minutes=minute)
    return InferenceExecution(scheduled_start_time=end, data_start_time=end - FIVE, data_end_time=end, status=status)


@pytest.mark.parametrize(
    ("seconds", "delay", "executions", "idle"),
    [
        (30, 0, [ended_at(0)], True),
        (30, 0, [ended_at(-5)], False),  # its run of noon is overdue
        (30, 0, [ended_at(-5), ended_at(0, "IN_PROGRESS")], False),
        (30, 0, [ended_at(0, "FAILED")], True),
        (150, 0, [ended_at(-5)], True),  # it has none at noon: it was started a moment ago
        (290, 0, [ended_at(0)], False),  # that of 12:05 is about to come
        (30, 5, [ended_at(-5)], True),  # noon is due at 12:05
        (290, 5, [ended_at(-5)], False),
        (330, 5, [ended_at(-5)], False),
        (330, 5, [ended_at(0)], True),
    ],
)
def test_a_running_scheduler_leaves_room_between_its_runs(seconds, delay, executions, idle):
    assert is_idle(scheduler(delay=delay), executions, NOON + timedelta(seconds=seconds)) is idle


def test_a_scheduler_that_was_created_after_its_last_boundary_has_no_run_to_wait_for():
    soon = NOON + timedelta(seconds=30)
    assert is_idle(scheduler(created=0), [], soon)
    assert not is_idle(scheduler(created=-1), [], soon)


def test_a_stopped_scheduler_leaves_room_when_its_last_run_has_ended():
    assert is_idle(scheduler("STOPPED"), [ended_at(-60)], NOON)
    assert not is_idle(scheduler("STOPPED"), [ended_at(-60, "IN_PROGRESS")], NOON)


def test_the_first_run_ends_at_the_first_gap():
    late = [
        LateWindow(Window(NOON + number * FIVE, NOON + (number + 1) * FIVE), "late_rows") for number in (5, 1, 0, 2, 4)
    ]
    assert [one.window.data_start_time for one in first_run(late)] == [NOON + number * FIVE for number in (0, 1, 2)]
    assert first_run([]) == []
