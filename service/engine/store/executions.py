"""Queries on inference executions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_

from service.engine.store.tables import inference_executions as executions


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One window of one scheduler, scored or to be scored, with the configuration it runs by."""

    id: int
    scheduler_id: str
    data_start_time: datetime
    data_end_time: datetime
    scheduled_start_time: datetime
    data_input_configuration: dict[str, Any]
    data_output_configuration: dict[str, Any]
    anomaly_threshold: float
    shadow_version: int | None
    status: str
    failed_reason: str | None
    result_key: str | None
    model_version: int | None
    shadow_result_key: str | None
    shadow_failed_reason: str | None
    data_quality: dict[str, Any] | None
    drift: dict[str, Any] | None
    replay_id: str | None
    attempts: int
    nudged_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def get(connection: Connection, execution_id: int) -> Execution | None:
    """The execution with that primary key."""
    row = connection.execute(select(executions).where(executions.c.id == execution_id)).first()
    return row and Execution(**row._mapping)


def page(
    connection: Connection,
    scheduler_id: str,
    *,
    starts_after: datetime | None,
    ends_before: datetime | None,
    status: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Execution]:
    """Executions, newest window first, those beyond ``after = [data_start_time, data_end_time]``.

    Both bounds are strict, as their names on the wire say: a window that starts at `starts_after` is not in.
    """
    query = select(executions).where(executions.c.scheduler_id == scheduler_id)
    if starts_after:
        query = query.where(executions.c.data_start_time > starts_after)
    if ends_before:
        query = query.where(executions.c.data_end_time < ends_before)
    if status:
        query = query.where(executions.c.status == status)
    if after:
        query = query.where(tuple_(*_WINDOW) < tuple(after))
    newest_first = query.order_by(*(column.desc() for column in _WINDOW))
    return [Execution(**row._mapping) for row in connection.execute(newest_first.limit(limit))]


_WINDOW = (executions.c.data_start_time, executions.c.data_end_time)
