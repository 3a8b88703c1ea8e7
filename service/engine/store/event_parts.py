"""Parts of inference events: written per execution, merged over the borders of windows when they are read.

Windows may be scored in any order and again by a replay, so what is stored never depends on a neighbour window.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, case, delete, func, insert, select

from service.engine.store.tables import inference_events as parts
from service.engine.store.tables import inference_executions as executions


@dataclass(frozen=True, kw_only=True)
class EventPart:
    """A run of anomalous rows inside one window. `diagnostics` is ``[{"name", "value"}]``, means over its points.

    opens_window and closes_window: it begins with the first, ends with the last row of its window.
    """

    start_time: datetime
    end_time: datetime
    points: int
    diagnostics: list[dict[str, Any]]
    opens_window: bool
    closes_window: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """Consecutive anomalous points of a scheduler, over as many windows as they last."""

    start_time: datetime
    end_time: datetime
    points: int
    diagnostics: list[dict[str, Any]]


def replace_parts(
    connection: Connection, scheduler_id: str, execution_id: int, found: Iterable[EventPart], *, table: Table = parts
) -> None:
    """Make these the parts of that execution, instead of any it had; `table` says of which version."""
    connection.execute(delete(table).where(table.c.execution_id == execution_id))
    rows = [{**vars(part), "scheduler_id": scheduler_id, "execution_id": execution_id} for part in found]
    if rows:
        connection.execute(insert(table), rows)


def list_events(
    connection: Connection,
    scheduler_id: str,
    *,
    interval_start: datetime,
    interval_end: datetime,
    before: datetime | None,
    limit: int,
) -> list[Event]:
    """Events that overlap the interval, whole, newest first: so many of those that start before `before`.

    The rule is the one that the service words for labels: an event's end at or after the interval's start, and its
    start before the interval's end.
    """
    numbered = _numbered(scheduler_id).cte("numbered")
    start = func.min(numbered.c.start_time)
    wanted = (
        select(numbered.c.number)
        .group_by(numbered.c.number)
        .having(func.max(numbered.c.end_time) >= interval_start, start < min(interval_end, before or interval_end))
        .order_by(numbered.c.number.desc())
        .limit(limit)
        .subquery()
    )
    rows = connection.execute(
        select(parts, numbered.c.number)
        .join(numbered, parts.c.id == numbered.c.id)
        .join(wanted, numbered.c.number == wanted.c.number)
        .order_by(numbered.c.number.desc(), parts.c.start_time)
    )
    return [_merged(list(run)) for _, run in groupby(rows, key=lambda row: row.number)]


def _numbered(scheduler_id: str):
    """The scheduler's parts, each with the number of the event it belongs to: parts that continue share one.

    All of its history is numbered, so the diagnostics, which are large, are left to whoever needs some.
    """
    joined = (
        select(
            parts.c.id,
            parts.c.start_time,
            parts.c.end_time,
            parts.c.opens_window,
            executions.c.data_start_time,
            func.lag(executions.c.data_end_time).over(order_by=parts.c.start_time).label("end_before"),
            func.lag(parts.c.closes_window).over(order_by=parts.c.start_time).label("closes_before"),
        )
        .join(executions, parts.c.execution_id == executions.c.id)
        .where(parts.c.scheduler_id == scheduler_id)
        .cte("joined")
    )
    goes_on = and_(joined.c.opens_window, joined.c.closes_before, joined.c.end_before == joined.c.data_start_time)
    begins = case((goes_on, 0), else_=1)
    return select(joined, func.sum(begins).over(order_by=joined.c.start_time).label("number"))


def _merged(run: Sequence[Row]) -> Event:
    points = sum(row.points for row in run)
    totals: dict[str, float] = defaultdict(float)
    for row in run:
        for share in row.diagnostics:
            totals[share["name"]] += share["value"] * row.points
    return Event(
        start_time=run[0].start_time,
        end_time=run[-1].end_time,
        points=points,
        diagnostics=[{"name": name, "value": round(total / points, 5)} for name, total in totals.items()],
    )
