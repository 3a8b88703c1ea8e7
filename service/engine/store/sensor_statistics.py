"""Queries on the statistics of sensors, which each ingestion job leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, literal, select, tuple_

from service.engine.store.tables import sensor_statistics


@dataclass(frozen=True, kw_only=True)
class SensorSummary:
    """What a job found out about one sensor; `statistics` are in the shape of the wire."""

    job_id: str
    component: str
    sensor: str
    statistics: dict[str, Any]
    data_start_time: datetime | None
    data_end_time: datetime | None


def add_all(connection: Connection, job_id: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert what a job found out, one row per sensor."""
    if rows:
        connection.execute(insert(sensor_statistics), [{"job_id": job_id, **row} for row in rows])


def copy(connection: Connection, from_job_id: str, to_job_id: str) -> None:
    """Give the statistics of one job to another, whose content is a copy of the same data."""
    columns = [column for column in sensor_statistics.c if column.name != "job_id"]
    rows = select(literal(to_job_id), *columns).where(sensor_statistics.c.job_id == from_job_id)
    names = ["job_id", *(column.name for column in columns)]
    connection.execute(insert(sensor_statistics).from_select(names, rows))


def page(connection: Connection, job_id: str, *, after: Sequence[Any] | None, limit: int) -> list[SensorSummary]:
    """Sensors of a job in the order of component and name as texts, those beyond ``after = [component, sensor]``."""
    key = (sensor_statistics.c.component, sensor_statistics.c.sensor)
    query = select(sensor_statistics).where(sensor_statistics.c.job_id == job_id)
    if after:
        query = query.where(tuple_(*key) > tuple(after))
    return [SensorSummary(**row._mapping) for row in connection.execute(query.order_by(*key).limit(limit))]
