"""Queries on labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_

from service.engine.store.tables import labels


@dataclass(frozen=True, kw_only=True)
class Label:
    """A range of time in a label group, with its rating: ANOMALY, NO_ANOMALY or NEUTRAL."""

    id: str
    label_group_id: str
    start_time: datetime
    end_time: datetime
    rating: str
    fault_code: str | None
    notes: str | None
    equipment: str | None
    created_at: datetime


def add(connection: Connection, **values: Any) -> None:
    """Insert a label."""
    connection.execute(insert(labels).values(**values))


def find(connection: Connection, group_id: str, label_id: str) -> Label | None:
    """The label of that id, if it is in that group."""
    row = connection.execute(select(labels).where(*_is(group_id, label_id))).first()
    return row and Label(**row._mapping)


def count(connection: Connection, group_id: str) -> int:
    """How many labels there are in a group."""
    query = select(func.count()).select_from(labels).where(labels.c.label_group_id == group_id)
    return connection.execute(query).scalar_one()


def of_group(connection: Connection, group_id: str) -> list[Label]:
    """Every label of a group, earliest start first."""
    query = select(labels).where(labels.c.label_group_id == group_id).order_by(labels.c.start_time, labels.c.id)
    return [Label(**row._mapping) for row in connection.execute(query)]


def page(
    connection: Connection,
    group_id: str,
    *,
    ends_at_or_after: datetime | None,
    starts_before: datetime | None,
    fault_code: str | None,
    equipment: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Label]:
    """Labels of a group, latest start first, those beyond ``after = [start_time, id]``."""
    query = select(labels).where(labels.c.label_group_id == group_id)
    if ends_at_or_after:
        query = query.where(labels.c.end_time >= ends_at_or_after)
    if starts_before:
        query = query.where(labels.c.start_time < starts_before)
    if fault_code:
        query = query.where(labels.c.fault_code == fault_code)
    if equipment:
        query = query.where(labels.c.equipment == equipment)
    if after:
        query = query.where(tuple_(labels.c.start_time, labels.c.id) < tuple(after))
    rows = connection.execute(query.order_by(labels.c.start_time.desc(), labels.c.id.desc()).limit(limit))
    return [Label(**row._mapping) for row in rows]


def remove(connection: Connection, group_id: str, label_id: str) -> bool:
    """Delete a label; False when the group has none of that id."""
    return connection.execute(delete(labels).where(*_is(group_id, label_id))).rowcount > 0


def _is(group_id: str, label_id: str) -> tuple:
    return labels.c.label_group_id == group_id, labels.c.id == label_id
