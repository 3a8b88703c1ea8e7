"""Imports of history: what was asked for, how far the work is, and what of it is in the store."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Row, Table, Text, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.correlation import current_request_id
from service.facade.domain.imports import (
    UNFINISHED,
    Import,
    ImportProgress,
    ImportWork,
    KnownResult,
    UnreadableObject,
)
from service.facade.domain.pages import Page
from service.facade.store.collecting import collected_executions
from service.facade.store.metadata import metadata
from service.facade.store.paging import newest_first
from service.facade.store.predictions import predictions

imports = Table(
    "imports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("bucket", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("objects_found", Integer),
    Column("objects_read", Integer, nullable=False, server_default="0"),
    Column("objects_skipped", Integer, nullable=False, server_default="0"),
    Column("objects_unreadable", Integer, nullable=False, server_default="0"),
    Column("rows", BigInteger, nullable=False, server_default="0"),
    Column("unreadable", JSONB, nullable=False, server_default="[]"),
    Column("position", Text),  # the last key that is done
    Column("attempts", Integer, nullable=False, server_default="0"),  # since one got further
    Column("problem", JSONB(none_as_null=True)),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text),
    Index("ix_imports_scheduler_sequence", "inference_scheduler_name", "team", "sequence"),
)
_UNFINISHED = imports.c.status.in_(UNFINISHED)
Index("ix_imports_unfinished", imports.c.sequence, postgresql_where=_UNFINISHED)
_PROGRESS = tuple(ImportProgress.__dataclass_fields__)


def insert_once(db: Db, wanted: Import) -> None:
    """A second import with the same id is the same import. A new one keeps the id of the request."""
    row = asdict(wanted) | {"request_id": current_request_id()}
    row |= row.pop("progress")
    db.execute(insert(imports).values(row).on_conflict_do_nothing(index_elements=["id"]))


def find(db: Db, team: str, import_id: str) -> Import | None:
    row = db.execute(select(imports).where(imports.c.id == import_id, imports.c.team == team)).one_or_none()
    return _import(row) if row else None


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[Import]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(imports).where(imports.c.inference_scheduler_name == scheduler_name, imports.c.team == team)
    return newest_first(db, query, imports.c.sequence, limit, before, _import)


def unfinished(db: Db) -> list[str]:
    """Ids of imports that a worker has to go on with, the oldest first."""
    return list(db.scalars(select(imports.c.id).where(_UNFINISHED).order_by(imports.c.sequence)))


def begin_attempt(db: Db, import_id: str, now: datetime) -> ImportWork | None:
    """Count an attempt, and give what it works on; None when the import has ended."""
    values = {"attempts": imports.c.attempts + 1, "status": "running", "updated_at": now}
    mine = update(imports).where(imports.c.id == import_id, _UNFINISHED).values(values)
    row = db.execute(mine.returning(imports)).one_or_none()
    return _work(row) if row else None


def forget_attempts(db: Db, import_id: str) -> None:
    """The attempt came back: its worker was not killed."""
    db.execute(update(imports).where(imports.c.id == import_id).values(attempts=0))


def record_progress(db: Db, work: ImportWork, now: datetime) -> bool:
    """Everything up to `work.position` is done. False, and nothing is written, when the import has ended meanwhile."""
    values = {"unreadable": [asdict(one) for one in work.unreadable], "position": work.position, "attempts": 0}
    return _change(db, work.id, now, **asdict(work.progress), **values)


def end(db: Db, import_id: str, status: str, now: datetime, problem: dict[str, Any] | None = None) -> None:
    """The import has ended. One that has ended already stays as it is."""
    _change(db, import_id, now, status=status, problem=problem)


def known_results(db: Db, scheduler_id: int, starts: Iterable[datetime]) -> dict[datetime, KnownResult]:
    """What is stored of the windows that begin at `starts`."""
    columns = collected_executions.c
    query = select(columns.data_start_time, columns.etag, columns.source).where(
        columns.scheduler_id == scheduler_id, columns.data_start_time.in_(list(starts))
    )
    return {row.data_start_time: KnownResult(row.etag, row.source) for row in db.execute(query)}


def own_timestamps(db: Db, scheduler_id: int, times: Collection[datetime]) -> set[datetime]:
    """Those of these times, and of others between them, whose rows were collected from executions."""
    if not times:
        return set()
    collected = collected_executions.c
    query = (
        select(predictions.c.timestamp)
        .join(
            collected_executions,
            (collected.scheduler_id == predictions.c.scheduler_id)
            & (collected.data_start_time == predictions.c.data_start_time),
        )
        .where(
            predictions.c.scheduler_id == scheduler_id,
            predictions.c.timestamp.between(min(times), max(times)),
            collected.source.is_(None),
        )
    )
    return set(db.scalars(query))


def _change(db: Db, import_id: str, now: datetime, **values: Any) -> bool:
    """Change an import that has not ended; whether there was one."""
    mine = update(imports).where(imports.c.id == import_id, _UNFINISHED).values(values | {"updated_at": now})
    return db.execute(mine).rowcount == 1


def _import(row: Row) -> Import:
    return Import(
        id=row.id,
        team=row.team,
        inference_scheduler_name=row.inference_scheduler_name,
        bucket=row.bucket,
        prefix=row.prefix,
        status=row.status,
        progress=_progress(row),
        unreadable=_unreadable(row),
        problem=row.problem,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _work(row: Row) -> ImportWork:
    return ImportWork(
        id=row.id,
        team=row.team,
        inference_scheduler_name=row.inference_scheduler_name,
        bucket=row.bucket,
        prefix=row.prefix,
        position=row.position,
        progress=_progress(row),
        unreadable=_unreadable(row),
        attempts=row.attempts,
        created_at=row.created_at,
        request_id=row.request_id,
    )


def _progress(row: Row) -> ImportProgress:
    return ImportProgress(**{name: getattr(row, name) for name in _PROGRESS})


def _unreadable(row: Row) -> tuple[UnreadableObject, ...]:
    return tuple(UnreadableObject(**entry) for entry in row.unreadable)
