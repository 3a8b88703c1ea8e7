"""Windows that waited for a worker until they were of no use: a bounded backlog is kept when workers fall behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, DateTime, String, bindparam, cast, column, literal, select, text, update, values

from service.engine.store.locks import is_held
from service.engine.store.tables import inference_executions as executions

_IN_PROGRESS = text("inference_executions.status = 'IN_PROGRESS'")  # as the partial indexes say it


@dataclass(frozen=True)
class Overdue:
    """One execution that nobody is about to run."""

    id: int
    scheduler_id: str


def overdue(connection: Connection, oldest_kept: Mapping[str, datetime]) -> list[Overdue]:
    """Scheduled runs that end before what their scheduler keeps, and that nobody works on; theirs until we end.

    Args:
        oldest_kept: by scheduler, the DataEndTime of the oldest window that is worth running.
    """
    kept = values(column("scheduler_id", String), column("bound", DateTime(timezone=True)), name="kept")
    kept = kept.data([(scheduler_id, bound) for scheduler_id, bound in oldest_kept.items()])
    behind = (
        select(executions.c.id, executions.c.scheduler_id)
        .join(kept, executions.c.scheduler_id == kept.c.scheduler_id)
        .where(_IN_PROGRESS, executions.c.replay_id.is_(None), executions.c.data_end_time < kept.c.bound)
        .with_for_update(of=executions, skip_locked=True)
    )
    found = {row.id: row.scheduler_id for row in connection.execute(behind)} if oldest_kept else {}
    if not found:
        return []
    # Asked with the rows in hand: a worker holds its lock before it touches the row, so whoever is not seen now waits.
    is_free = ~is_held(literal("execution"), cast(executions.c.id, String))
    free = connection.execute(select(executions.c.id).where(executions.c.id.in_(found), is_free)).scalars()
    return [Overdue(id, found[id]) for id in free]


def give_up(connection: Connection, reasons: Mapping[int, str], now: datetime) -> None:
    """End these executions as FAILED, each with its reason."""
    statement = update(executions).where(executions.c.id == bindparam("this"))
    ended = statement.values(status="FAILED", failed_reason=bindparam("reason"), finished_at=now)
    connection.execute(ended, [{"this": id, "reason": reason} for id, reason in reasons.items()])
