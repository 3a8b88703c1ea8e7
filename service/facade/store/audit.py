"""The audit log at rest. Rows are written before an act and completed after it; nothing here changes or removes one."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy import Connection as Db

from service.facade.domain.audit import Act, AuditEntry, AuditFilter
from service.facade.domain.pages import Page
from service.facade.store.metadata import metadata

Position = tuple[datetime, int]

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("team", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("key_id", Text),
    Column("client_address", Text),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("inference_scheduler_name", Text),
    Column("request_id", Text),
    Column("status", SmallInteger),
    Column("problem", Text),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_audit_log_team", "team", "at", "id"),
    Index("ix_audit_log_actor", "team", "actor", "at", "id"),
    Index("ix_audit_log_scheduler", "team", "inference_scheduler_name", "at", "id"),
)
_NEWEST_FIRST = (audit_log.c.at.desc(), audit_log.c.id.desc())


def insert(db: Db, act: Act, status: int | None = None, problem: str | None = None) -> int:
    """Write an act down, with its outcome where that is known already; returns the id of the row."""
    outcome = {"status": status, "problem": problem, "ended_at": None if status is None else act.at}
    return db.execute(audit_log.insert().values(vars(act) | outcome).returning(audit_log.c.id)).scalar_one()


def record_outcome(
    db: Db, entry_id: int, status: int, problem: str | None, now: datetime, scheduler_name: str | None = None
) -> None:
    """What came of it, and the scheduler where the address did not name one."""
    name = func.coalesce(audit_log.c.inference_scheduler_name, scheduler_name)
    outcome = {"status": status, "problem": problem, "ended_at": now, "inference_scheduler_name": name}
    db.execute(update(audit_log).where(audit_log.c.id == entry_id).values(outcome))


def page(db: Db, team: str, wanted: AuditFilter, limit: int, before: Position | None) -> Page[AuditEntry]:
    """A team's entries, newest first, from the one before the position `before` on."""
    query = select(audit_log).where(audit_log.c.team == team)
    for name in ("actor", "inference_scheduler_name"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(audit_log.c[name] == value)
    if wanted.start_time is not None:
        query = query.where(audit_log.c.at >= wanted.start_time)
    if wanted.end_time is not None:
        query = query.where(audit_log.c.at < wanted.end_time)
    if before is not None:
        query = query.where(tuple_(audit_log.c.at, audit_log.c.id) < before)
    rows = db.execute(query.order_by(*_NEWEST_FIRST).limit(limit + 1)).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([AuditEntry(**row) for row in rows[:limit]], last and (last["at"], last["id"]))
