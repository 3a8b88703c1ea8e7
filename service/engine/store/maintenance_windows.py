"""Queries on maintenance windows: when machines are worked on, so that what their sensors say means nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, or_, select, tuple_

from service.engine.store.scope import Scope
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import maintenance_windows as windows
from service.engine.store.tables import models


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """From `start_time` to `end_time`, both included; of one scheduler, or of all of a model when it names none."""

    id: str
    model_id: str
    model_name: str
    scheduler_id: str | None
    scheduler_name: str | None
    start_time: datetime
    end_time: datetime
    notes: str | None
    created_at: datetime


_NAMES = (models.c.name.label("model_name"), schedulers.c.name.label("scheduler_name"))
_OF_SCHEDULERS = schedulers.c.id == windows.c.scheduler_id
_WINDOWS = select(windows, *_NAMES).join_from(windows, models).outerjoin(schedulers, _OF_SCHEDULERS)


def add(connection: Connection, **values: Any) -> None:
    """Insert a maintenance window."""
    connection.execute(insert(windows).values(**values))


def find(connection: Connection, scope: Scope, window_id: str) -> MaintenanceWindow | None:
    """The window of that id, if its model is in the scope."""
    mine = (models.c.account_id == scope.account_id, models.c.region == scope.region)
    row = connection.execute(_WINDOWS.where(windows.c.id == window_id, *mine)).first()
    return row and MaintenanceWindow(**row._mapping)


def in_force(
    connection: Connection,
    model_id: str,
    scheduler_id: str | None = None,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> list[MaintenanceWindow]:
    """Windows of the model as a whole, and of one of its schedulers where one is named; oldest first.

    Args:
        start, end: only those that touch this range, both ends included.
    """
    return _read(connection, _touching(start, end).where(windows.c.model_id == model_id, _muting(scheduler_id)))


def of_scheduler(connection: Connection, scheduler_id: str, start: datetime, end: datetime) -> list[MaintenanceWindow]:
    """Windows that mute a scheduler somewhere from start to end, those of its model included; oldest first."""
    its_model = select(schedulers.c.model_id).where(schedulers.c.id == scheduler_id).scalar_subquery()
    return _read(connection, _touching(start, end).where(windows.c.model_id == its_model, _muting(scheduler_id)))


def page(
    connection: Connection,
    model_id: str,
    scheduler_id: str | None,
    *,
    interval_start: datetime | None,
    interval_end: datetime | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[MaintenanceWindow]:
    """Windows of a model, or those that mute one scheduler of it; newest first, beyond ``after = [start_time, id]``."""
    query = _WINDOWS.where(windows.c.model_id == model_id)
    if scheduler_id:
        query = query.where(_muting(scheduler_id))
    if interval_start:
        query = query.where(windows.c.end_time >= interval_start)
    if interval_end:
        query = query.where(windows.c.start_time < interval_end)
    if after:
        query = query.where(tuple_(windows.c.start_time, windows.c.id) < tuple(after))
    newest_first = query.order_by(windows.c.start_time.desc(), windows.c.id.desc())
    return [MaintenanceWindow(**row._mapping) for row in connection.execute(newest_first.limit(limit))]


def remove(connection: Connection, window_id: str) -> None:
    """Delete a maintenance window."""
    connection.execute(delete(windows).where(windows.c.id == window_id))


def _muting(scheduler_id: str | None) -> ColumnElement[bool]:
    of_all = windows.c.scheduler_id.is_(None)
    return or_(of_all, windows.c.scheduler_id == scheduler_id) if scheduler_id else of_all


def _touching(start: datetime | None, end: datetime | None) -> Select:
    bounds = [windows.c.end_time >= start] if start else []
    bounds += [windows.c.start_time <= end] if end else []
    return _WINDOWS.where(and_(True, *bounds)).order_by(windows.c.start_time, windows.c.id)


def _read(connection: Connection, query: Select) -> list[MaintenanceWindow]:
    return [MaintenanceWindow(**row._mapping) for row in connection.execute(query)]
