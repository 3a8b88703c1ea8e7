"""Idempotency keys: which request a key of a team belongs to, and what was answered."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, LargeBinary, Row, SmallInteger, Table, Text
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.facade.domain.idempotency import Answer, Asked, Body, Key
from service.facade.store.metadata import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("team", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("begun_at", DateTime(timezone=True), nullable=False, index=True),
    Column("body_digest", Text),
    Column("body_bytes", BigInteger),
    Column("status", SmallInteger),
    Column("headers", JSONB(none_as_null=True)),
    Column("body", LargeBinary),
)


def insert_if_new(db: Db, key: Key, request: str, now: datetime) -> bool:
    """Whether the key was free; it belongs to `request` now if it was."""
    row = insert(idempotency_keys).values(**asdict(key), request=request, begun_at=now)
    return db.execute(row.on_conflict_do_nothing()).rowcount == 1


def find(db: Db, key: Key) -> Asked | None:
    """The request that the key belongs to."""
    row = db.execute(idempotency_keys.select().where(_is(key))).one_or_none()
    return _asked(row) if row else None


def record(db: Db, key: Key, body: Body, answer: Answer) -> None:
    values = {"body_digest": body.digest, "body_bytes": body.size, **asdict(answer)}
    db.execute(idempotency_keys.update().where(_is(key)).values(values))


def release(db: Db, key: Key) -> None:
    """Free a key whose request came to nothing."""
    db.execute(idempotency_keys.delete().where(_is(key), idempotency_keys.c.status.is_(None)))


def discard_before(db: Db, moment: datetime) -> None:
    db.execute(idempotency_keys.delete().where(idempotency_keys.c.begun_at < moment))


def _is(key: Key) -> ColumnElement[bool]:
    return (idempotency_keys.c.team == key.team) & (idempotency_keys.c.key == key.key)


def _asked(row: Row) -> Asked:
    if row.status is None:
        return Asked(row.request, row.begun_at)
    headers = tuple((name, value) for name, value in row.headers)
    answer = Answer(row.status, headers, row.body)
    return Asked(row.request, row.begun_at, Body(row.body_digest, row.body_bytes), answer)
