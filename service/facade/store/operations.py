"""Operations: changes of a scheduler that a worker watches until they are done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, Index, Table, Text, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.correlation import current_request_id
from service.facade.domain.operations import Operation
from service.facade.store.metadata import metadata

operations = Table(
    "operations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("scheduler_status", Text),
    Column("problem", JSONB(none_as_null=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("deadline_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text),
)
_RUNNING = operations.c.status == "running"
Index("ix_operations_running", operations.c.created_at, postgresql_where=_RUNNING)
Index("ix_operations_ended", operations.c.updated_at, postgresql_where=~_RUNNING)


def insert_once(db: Db, operation: Operation) -> None:
    """One that is there stays as it is. A new one keeps the id of the request that it is inserted for."""
    row = vars(operation) | {"request_id": current_request_id()}
    db.execute(insert(operations).values(row).on_conflict_do_nothing())


def find(db: Db, team: str, operation_id: str) -> Operation | None:
    return _one(db, (operations.c.id == operation_id) & (operations.c.team == team))


def get(db: Db, operation_id: str) -> Operation | None:
    """Whoever's it is; for a worker."""
    return _one(db, operations.c.id == operation_id)


def unwatched(db: Db, since: datetime) -> list[str]:
    """Ids of everything running that nobody has looked at since a moment, oldest first."""
    query = select(operations.c.id).where(_RUNNING, operations.c.updated_at < since)
    return list(db.scalars(query.order_by(operations.c.created_at)))


def record(db: Db, operation: Operation) -> None:
    """Write what was observed. A finished operation never changes again."""
    changes: dict[str, Any] = {
        "status": operation.status,
        "scheduler_status": operation.scheduler_status,
        "problem": operation.problem,
        "updated_at": operation.updated_at,
    }
    db.execute(update(operations).where(operations.c.id == operation.id, _RUNNING).values(changes))


def discard_finished_before(db: Db, moment: datetime) -> None:
    """Forget operations that ended before `moment`."""
    db.execute(operations.delete().where(~_RUNNING, operations.c.updated_at < moment))


def _one(db: Db, condition: ColumnElement[bool]) -> Operation | None:
    row = db.execute(select(operations).where(condition)).mappings().one_or_none()
    return Operation(**row) if row else None
