"""One look at a scheduler for its page: what several of its parts need, asked for once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from service.facade.domain.events import EventFilter
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.runs import coming_windows, data_delay
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.portal.scheduler.asking import RANGES, Asked
from service.facade.problems import Problem, SchedulerNotFound
from service.facade.resources import Resources
from service.facade.usecases import events, executions
from service.facade.usecases.collected import find_known

SETTLING = 1000  # milliseconds until it is worth asking again
_EVENTS, _EXECUTIONS = 25, 12
_UNTIL_SCORED = timedelta(seconds=4)  # after a wake-up


@dataclass(frozen=True)
class View:
    """Every property raises a Problem where what it stands for cannot be had at present."""

    resources: Resources
    team: str
    name: str
    asked: Asked
    now: datetime
    refusals: list[Problem] = field(default_factory=list)

    @property
    def scheduler(self) -> InferenceScheduler | None:
        """None where it was deleted: its history is still shown. Only the first part waits for an engine that is away.

        Raises:
            SchedulerNotFound: there never was one.
        """
        if self.refusals:
            raise self.refusals[0]
        try:
            return self._described
        except SchedulerNotFound:
            raise
        except Problem as problem:
            self.refusals.append(problem)
            raise

    @cached_property
    def _described(self) -> InferenceScheduler | None:
        try:
            return self.resources.schedulers.describe(self.name)
        except SchedulerNotFound:
            find_known(self.resources, self.team, self.name)
            return None

    @cached_property
    def executions(self) -> list[InferenceExecution]:
        """The newest ones."""
        return self._executions(ExecutionFilter())

    @property
    def failed_executions(self) -> list[InferenceExecution]:
        return self._executions(ExecutionFilter(status="FAILED"))

    def _executions(self, wanted: ExecutionFilter) -> list[InferenceExecution]:
        if self.scheduler is None:
            return []
        return executions.list_executions(self.resources, self.name, wanted, _EXECUTIONS, None).items

    @cached_property
    def events(self) -> events.EventPage:
        """The newest ones."""
        at = (self.resources, self.team, self.name)
        return events.list_events(*at, EventFilter(), _EVENTS, None, most=1)

    @property
    def range(self) -> tuple[datetime | None, datetime]:
        span = RANGES[self.asked.range]
        return (self.now - span if span else None), self.now

    @property
    def next_wake(self) -> datetime | None:
        """None while no run is to come."""
        scheduler = self.scheduler
        if scheduler is None or scheduler.status != "RUNNING":
            return None
        return coming_windows(scheduler, self.now, 1)[0].data_end_time + data_delay(scheduler)

    @property
    def until_scored(self) -> int | None:
        """Milliseconds until the next window should be scored; None while no run is to come."""
        wake = self.next_wake
        return wake and max(SETTLING, int((wake + _UNTIL_SCORED - self.now) / timedelta(milliseconds=1)))

    @property
    def until_changed(self) -> int | None:
        """The same, and soon while the scheduler is on its way to another status."""
        return SETTLING if self.scheduler and self.scheduler.status in ("PENDING", "STOPPING") else self.until_scored
