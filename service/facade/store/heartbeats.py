"""Workers that are alive: each says so every few seconds. One that is told to end takes its leave."""

from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Table, Text, delete, func, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.store.metadata import metadata

worker_heartbeats = Table(
    "worker_heartbeats",
    metadata,
    Column("worker", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)
_KEPT = timedelta(days=1)  # so that it can be said since when there is none


def beat(db: Db, worker: str, version: str, started_at: datetime, now: datetime) -> None:
    """A worker is alive. Those that have not been for a day are forgotten."""
    row = {"worker": worker, "version": version, "started_at": started_at, "seen_at": now}
    db.execute(insert(worker_heartbeats).values(row).on_conflict_do_update(index_elements=["worker"], set_=row))
    db.execute(delete(worker_heartbeats).where(worker_heartbeats.c.seen_at < now - _KEPT))


def take_leave(db: Db, worker: str) -> None:
    db.execute(delete(worker_heartbeats).where(worker_heartbeats.c.worker == worker))


def last_seen(db: Db) -> datetime | None:
    """When any worker was alive last; None: there was none within a day."""
    return db.scalar(select(func.max(worker_heartbeats.c.seen_at)))


def alive_since(db: Db, moment: datetime) -> int:
    """How many workers were alive after a moment."""
    return db.scalar(select(func.count()).where(worker_heartbeats.c.seen_at > moment)) or 0
