"""Queries on inference events: runs of consecutive anomalous points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.engine.store.tables import inference_events as events


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event. `diagnostics` is ``[{"name": "component\\\\sensor", "value": share}]``, means over its points."""

    id: int
    scheduler_id: str
    start_time: datetime
    end_time: datetime
    points: int
    diagnostics: list[dict[str, Any]]


def page(
    connection: Connection,
    scheduler_id: str,
    *,
    interval_start: datetime,
    interval_end: datetime,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Event]:
    """Events that overlap the interval, newest first, those beyond ``after = [start_time]``.

    The rule is the one that the service words for labels: an event's end at or after the interval's start, and its
    start before the interval's end.
    """
    query = select(events).where(
        events.c.scheduler_id == scheduler_id,
        events.c.end_time >= interval_start,
        events.c.start_time < interval_end,
    )
    if after:
        query = query.where(events.c.start_time < after[0])
    rows = connection.execute(query.order_by(events.c.start_time.desc()).limit(limit))
    return [Event(**row._mapping) for row in rows]
