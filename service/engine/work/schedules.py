"""When a scheduler wakes and what it catches up, read off its row and the settings."""

from datetime import timedelta

from service.engine.scheduling.frequency import parse_duration
from service.engine.scheduling.windows import CatchUp, Schedule
from service.engine.store.schedulers import Scheduler
from service.settings import Settings


def schedule_of(scheduler: Scheduler) -> Schedule:
    """When the scheduler wakes, by its configuration of today."""
    return Schedule(
        frequency=parse_duration(scheduler.data_upload_frequency),
        data_delay=timedelta(minutes=scheduler.data_delay_offset_in_minutes),
        activated_at=scheduler.activated_at,
    )


def catch_up_of(scheduler: Scheduler, settings: Settings) -> CatchUp:
    """The scheduler's own policy for missed windows, or what the settings say."""
    hours = settings.catch_up_hours if scheduler.catch_up_hours is None else scheduler.catch_up_hours
    return CatchUp(scheduler.catch_up_policy or settings.catch_up_policy.upper(), timedelta(hours=hours))
