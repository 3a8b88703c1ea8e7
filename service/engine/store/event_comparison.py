"""Which events two versions of a model found in the same executions of a scheduler."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Row, Table, func, select

from service.engine.store.tables import inference_events, shadow_events
from service.engine.store.tables import inference_executions as executions

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class ComparedEvent:
    """An event of one version, or events of both that overlap. Points are anomalous rows, 0 where none were found."""

    start_time: datetime
    end_time: datetime
    active_points: int
    shadow_points: int

    @property
    def found_by(self) -> str:
        """BOTH, ACTIVE or SHADOW."""
        if self.active_points and self.shadow_points:
            return "BOTH"
        return "ACTIVE" if self.active_points else "SHADOW"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Executions that both versions scored, those that the shadow version failed in, and the events, oldest first."""

    executions: int
    failed: int
    events: tuple[ComparedEvent, ...]


def compare(
    connection: Connection, scheduler_id: str, shadow_version: int, start: datetime, end: datetime
) -> Comparison:
    """The events of the executions that the shadow version took part in and whose data lies from start to end."""
    taken_part = (
        executions.c.scheduler_id == scheduler_id,
        executions.c.shadow_version == shadow_version,
        executions.c.status == "SUCCESS",
        executions.c.data_start_time >= start,
        executions.c.data_end_time <= end,
    )
    failed = func.count(executions.c.shadow_failed_reason)
    every, broken = connection.execute(select(func.count(), failed).where(*taken_part)).one()
    scored = (*taken_part, executions.c.shadow_failed_reason.is_(None))
    active = _events(connection, inference_events, scored, "active_points")
    shadow = _events(connection, shadow_events, scored, "shadow_points")
    return Comparison(executions=every - broken, failed=broken, events=tuple(overlapping([*active, *shadow])))


def overlapping(events: Iterable[ComparedEvent]) -> Iterator[ComparedEvent]:
    """Events that overlap, whoever found them, as one; oldest first."""
    in_order = sorted(events, key=lambda event: (event.start_time, event.end_time))
    for run in _runs(in_order, lambda run, event: event.start_time <= max(one.end_time for one in run)):
        yield ComparedEvent(
            start_time=run[0].start_time,
            end_time=max(event.end_time for event in run),
            active_points=sum(event.active_points for event in run),
            shadow_points=sum(event.shadow_points for event in run),
        )


def _events(connection: Connection, parts: Table, scored: tuple, points: str) -> Iterator[ComparedEvent]:
    """Parts joined over the borders of adjacent windows."""
    columns = (parts.c.start_time, parts.c.end_time, parts.c.points, parts.c.opens_window, parts.c.closes_window)
    windows = (executions.c.data_start_time, executions.c.data_end_time)
    query = select(*columns, *windows).join_from(parts, executions).where(*scored).order_by(parts.c.start_time)
    for run in _runs(connection.execute(query), _goes_on):
        found = {"active_points": 0, "shadow_points": 0} | {points: sum(row.points for row in run)}
        yield ComparedEvent(start_time=run[0].start_time, end_time=run[-1].end_time, **found)


def _goes_on(run: list[Row], row: Row) -> bool:
    last = run[-1]
    return last.closes_window and row.opens_window and last.data_end_time == row.data_start_time


def _runs(items: Iterable[Item], goes_on: Callable[[list[Item], Item], bool]) -> Iterator[list[Item]]:
    """Items that follow each other, cut where one does not go on with those before it."""
    run: list[Item] = []
    for item in items:
        if run and not goes_on(run, item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run
