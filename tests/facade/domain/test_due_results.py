"""When a scheduler should have a result that is not collected. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.collecting import FollowedScheduler, is_due
from service.facade.domain.schedulers import SchedulerSummary

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def minutes(count: float) -> datetime:
    return NOON + timedelta(minutes=count)


@pytest.mark.parametrize(
    ("now", "delay", "frequency", "through", "looked_at", "due"),
    [
        (5.1, 0, "PT5M", -5, -1, True),  # the window of 12:00 ended a moment ago
        (5.1, 0, "PT5M", 0, -1, False),  # its result is collected
        (5.1, 0, "PT5M", 0, 5.05, False),
        (5.1, 0, "PT5M", -5, 5.08, False),  # looked at a second ago
        (6.0, 0, "PT5M", -5, 5.4, True),  # looks become rarer
        (6.0, 0, "PT5M", -5, 5.6, False),
        (7.5, 0, "PT5M", -5, 5.1, False),  # it failed, or comes late: the pass over everything looks after it
        (5.1, 2, "PT5M", -5, -1, False),  # with a delay it is due at 12:07
        (7.1, 2, "PT5M", -5, -1, True),
        (5.1, 60, "PT5M", -65, -60, True),  # a delay longer than the frequency
        (5.1, 60, "PT5M", -60, -60, False),
        (60.1, 0, "PT1H", -60, 0, True),
        (30.1, 0, "PT1H", -60, 0, False),
        (60.1, 0, "PT1H", None, 0, True),
    ],
)
def test_a_result_is_due_for_a_while_after_the_wake_up(now, delay, frequency, through, looked_at, due):
    followed = follow(through, looked_at)
    assert is_due(scheduler("RUNNING", frequency, delay), followed, minutes(now)) is due


def test_a_stopped_scheduler_and_one_that_was_never_looked_at_are_not_due():
    assert not is_due(scheduler("STOPPED", "PT5M", 0), follow(-5, -1), minutes(5.1))
    assert not is_due(scheduler("RUNNING", "PT5M", 0), follow(None, None), minutes(5.1))


def scheduler(status: str, frequency: str, delay: int) -> SchedulerSummary:
    return SchedulerSummary(
        inference_scheduler_name="pump",
        inference_scheduler_arn="arn",
        model_name="model",
        model_arn="arn",
        status=status,
        data_upload_frequency=frequency,
        data_delay_offset_in_minutes=delay,
    )


def follow(through: float | None, looked_at: float | None) -> FollowedScheduler:
    return FollowedScheduler(
        id=1,
        inference_scheduler_arn="arn",
        inference_scheduler_name="pump",
        team="default",
        collected_through=None if through is None else minutes(through),
        collected_at=None if looked_at is None else minutes(looked_at),
        swept_at=None if looked_at is None else NOON,
    )
