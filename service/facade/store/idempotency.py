"""Idempotency keys: which request a key belongs to, and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, DateTime, Table, Text, delete, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.store.metadata import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("answer", Text),
    Column("begun_at", DateTime(timezone=True), nullable=False, index=True),
)


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """`answer` is the id of what the request began, or None while it is being handled."""

    key: str
    fingerprint: str
    answer: str | None
    begun_at: datetime


def reserve(db: Db, key: str, fingerprint: str, now: datetime, abandoned_before: datetime) -> bool:
    """Whether the key is ours now: it was free, or the same request was begun long ago and never ended."""
    ours = insert(idempotency_keys).values(key=key, fingerprint=fingerprint, begun_at=now)
    abandoned = (
        idempotency_keys.c.answer.is_(None)
        & (idempotency_keys.c.fingerprint == fingerprint)
        & (idempotency_keys.c.begun_at < abandoned_before)
    )
    taken_over = ours.on_conflict_do_update(index_elements=["key"], set_={"begun_at": now}, where=abandoned)
    return db.scalar(taken_over.returning(idempotency_keys.c.key)) is not None


def find(db: Db, key: str) -> Reservation | None:
    row = db.execute(select(idempotency_keys).where(idempotency_keys.c.key == key)).mappings().one_or_none()
    return Reservation(**row) if row else None


def record_answer(db: Db, key: str, answer: str) -> None:
    db.execute(update(idempotency_keys).where(idempotency_keys.c.key == key).values(answer=answer))


def release(db: Db, key: str) -> None:
    """Free a key whose request came to nothing."""
    db.execute(delete(idempotency_keys).where(idempotency_keys.c.key == key, idempotency_keys.c.answer.is_(None)))


def discard_before(db: Db, moment: datetime) -> None:
    db.execute(delete(idempotency_keys).where(idempotency_keys.c.begun_at < moment))
