"""Queries on the retention of executions: how far back each scheduler's are needed, and the deletion of older ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select

from service.engine.store.replays import UNFINISHED
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_replays as replays
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import model_versions as versions
from service.engine.store.tables import retraining_schedulers as retrainings


@dataclass(frozen=True, kw_only=True)
class History:
    """A scheduler, as far as it says which of its executions are still needed.

    lookback_window: of its model's retraining scheduler. reads_from: the beginning of what its model's unfinished
    retrainings learn from.
    """

    scheduler_id: str
    wanted: str
    activated_at: datetime
    scheduled_through: datetime | None
    lookback_window: str | None
    reads_from: datetime | None


def histories(connection: Connection, *, after: str, limit: int) -> list[History]:
    """So many schedulers of all accounts, in the order of their ids: those behind `after`."""
    unfinished = (versions.c.status == "IN_PROGRESS", versions.c.source_type == "RETRAINING")
    reads_from = select(func.min(versions.c.training_data_start_time)).where(
        versions.c.model_id == schedulers.c.model_id, *unfinished
    )
    query = (
        select(
            schedulers.c.id.label("scheduler_id"),
            schedulers.c.wanted,
            schedulers.c.activated_at,
            schedulers.c.scheduled_through,
            retrainings.c.lookback_window,
            reads_from.scalar_subquery().label("reads_from"),
        )
        .outerjoin(retrainings, retrainings.c.model_id == schedulers.c.model_id)
        .where(schedulers.c.id > after)
        .order_by(schedulers.c.id)
        .limit(limit)
    )
    return [History(**row._mapping) for row in connection.execute(query)]


def forget(
    connection: Connection, scheduler_id: str, *, ended_before: datetime, data_until: datetime, limit: int
) -> Sequence[str | None]:
    """Delete executions that ended before an instant and whose data end by another one, with their events.

    The oldest windows first, so many at most; none while a replay of the scheduler has not ended, and none that
    somebody else has hold of. Found by the unique key of windows.

    Returns:
        For each that was deleted the key of what the shadow version found, None where there is nothing.
    """
    replayed = exists().where(replays.c.scheduler_id == scheduler_id, replays.c.status.in_(UNFINISHED))
    old = (
        select(executions.c.id)
        .where(
            executions.c.scheduler_id == scheduler_id,
            executions.c.data_start_time < data_until,  # in the words of the index
            executions.c.data_end_time <= data_until,
            executions.c.status.in_(("SUCCESS", "FAILED")),
            executions.c.finished_at < ended_before,
            ~replayed,
        )
        .order_by(executions.c.data_start_time, executions.c.data_end_time)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    deleted = delete(executions).where(executions.c.id.in_(old)).returning(executions.c.shadow_result_key)
    return connection.execute(deleted).scalars().all()
