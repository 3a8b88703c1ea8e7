"""Uploads: accepted tables, how far the work on them is, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    false,
    select,
    update,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB

from service.correlation import current_request_id
from service.facade.domain.pages import Page
from service.facade.domain.uploads import UNFINISHED, FileReport, Progress, StagedFile, Upload, UploadWork
from service.facade.store.metadata import metadata
from service.facade.store.paging import newest_first
from service.facade.store.upload_rows import report_row, upload_of, work_of

uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("staging_key", Text, nullable=False),
    Column("staging_etag", Text),
    Column("staged_files", JSONB, nullable=False),
    Column("plan", JSONB, nullable=False),
    Column("dry_run", Boolean, nullable=False, server_default=false()),
    Column("content_hash", Text),
    Column("files_total", Integer),
    Column("files_written", Integer, nullable=False, server_default="0"),
    Column("rows_read", BigInteger, nullable=False, server_default="0"),
    Column("files", JSONB, nullable=False, server_default="[]"),
    Column("first_timestamp", DateTime(timezone=True)),  # over all files, once all rows are checked
    Column("last_timestamp", DateTime(timezone=True)),
    Column("planned_files", JSONB, nullable=False, server_default="[]"),
    Column("problem", JSONB(none_as_null=True)),
    Column("repeats", Text),
    Column("expires_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),  # that never came back
    Column("request_id", Text),
    Index("ix_uploads_scheduler_sequence", "inference_scheduler_name", "team", "sequence"),
)
IS_UNFINISHED = uploads.c.status.in_(UNFINISHED)
IS_AWAITED = uploads.c.status == "awaiting"
Index("ix_uploads_unfinished", uploads.c.sequence, postgresql_where=IS_UNFINISHED)
Index("ix_uploads_awaited", uploads.c.expires_at, postgresql_where=IS_AWAITED)
Index("ix_uploads_content", uploads.c.content_hash, postgresql_where=uploads.c.content_hash.is_not(None))
_OF_THE_WORK = ("team", "staging_key", "staging_etag", "staged_files", "plan", "content_hash", "attempts", "request_id")
_SHOWN = [column for column in uploads.c if column.name not in _OF_THE_WORK]


def insert(db: Db, work: UploadWork, status: str = "queued") -> None:
    """A new one keeps the id of the request that it is inserted for."""
    own = {"status": status, "updated_at": work.created_at, "request_id": current_request_id()}
    db.execute(uploads.insert().values(asdict(work) | own))


def find(db: Db, team: str, upload_id: str) -> Upload | None:
    row = db.execute(select(*_SHOWN).where(uploads.c.id == upload_id, uploads.c.team == team)).one_or_none()
    return upload_of(row) if row else None


def find_work(db: Db, team: str, upload_id: str) -> UploadWork | None:
    row = db.execute(select(uploads).where(uploads.c.id == upload_id, uploads.c.team == team)).one_or_none()
    return work_of(row) if row else None


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[Upload]:
    """Newest first, from the one before the sequence number `before` on."""
    mine = (uploads.c.team == team) & (uploads.c.inference_scheduler_name == scheduler_name)
    query = select(*_SHOWN).where(mine)
    return newest_first(db, query, uploads.c.sequence, limit, before, upload_of)


def schedulers_with_work(db: Db) -> list[str]:
    """Names of schedulers that have an unfinished upload."""
    return list(db.scalars(select(uploads.c.inference_scheduler_name).where(IS_UNFINISHED).distinct()))


def next_work(db: Db, scheduler_name: str) -> UploadWork | None:
    """The unfinished upload of a scheduler that was accepted first."""
    query = select(uploads).where(uploads.c.inference_scheduler_name == scheduler_name, IS_UNFINISHED)
    row = db.execute(query.order_by(uploads.c.sequence).limit(1)).one_or_none()
    return work_of(row) if row else None


def begin_attempt(db: Db, upload_id: str) -> int:
    """Count an attempt at an upload; how many have begun by now since one came back last."""
    mine = update(uploads).where(uploads.c.id == upload_id).values(attempts=uploads.c.attempts + 1)
    return db.execute(mine.returning(uploads.c.attempts)).scalar_one()


def forget_attempts(db: Db, upload_id: str) -> None:
    """An attempt came back: its worker was not killed."""
    db.execute(update(uploads).where(uploads.c.id == upload_id).values(attempts=0))


def record_progress(db: Db, upload_id: str, progress: Progress, now: datetime) -> bool:
    """Whether the upload is still to be worked on."""
    return _change(db, upload_id, status="running", updated_at=now, **asdict(progress))


def record_reports(db: Db, upload_id: str, reports: Sequence[FileReport], planned_files: Sequence[str]) -> None:
    """All rows are checked; this is what was found."""
    ends = {
        "first_timestamp": min(report.first_timestamp for report in reports),
        "last_timestamp": max(report.last_timestamp for report in reports),
    }
    rows = [report_row(report) for report in reports]
    _change(db, upload_id, files=rows, planned_files=list(planned_files), **ends)


def record_success(db: Db, upload_id: str, progress: Progress, now: datetime, repeats: str | None = None) -> bool:
    """False where it was cancelled at the last moment."""
    return _change(db, upload_id, status="succeeded", updated_at=now, repeats=repeats, **asdict(progress))


def record_failure(db: Db, upload_id: str, problem: dict[str, Any], now: datetime) -> bool:
    """False where it was cancelled at the last moment."""
    return _change(db, upload_id, status="failed", problem=problem, updated_at=now)


def record_hash(db: Db, upload_id: str, content_hash: str) -> None:
    _change(db, upload_id, content_hash=content_hash)


def cancel(db: Db, team: str, upload_id: str, now: datetime) -> bool:
    """Whether it could still be cancelled."""
    mine = (uploads.c.id == upload_id) & (uploads.c.team == team) & (IS_UNFINISHED | IS_AWAITED)
    return bool(db.execute(update(uploads).where(mine).values(status="cancelled", updated_at=now)).rowcount)


def record_written(db: Db, upload_id: str, files_written: int) -> None:
    """What had been written when the worker saw that its upload was cancelled."""
    cancelled = (uploads.c.id == upload_id) & (uploads.c.status == "cancelled")
    db.execute(update(uploads).where(cancelled).values(files_written=files_written))


def complete(db: Db, upload_id: str, file: StagedFile, etag: str, now: datetime) -> bool:
    """An awaited upload has come and is queued; whether it was still awaited."""
    mine = (uploads.c.id == upload_id) & IS_AWAITED
    came = {
        "status": "queued",
        "staged_files": [asdict(file)],
        "staging_etag": etag,
        "expires_at": None,
        "updated_at": now,
    }
    return bool(db.execute(update(uploads).where(mine).values(came)).rowcount)


def expire_awaited(db: Db, problem: dict[str, Any], now: datetime) -> list[tuple[str, str]]:
    """Fail what was awaited until now and did not come; the teams and ids of those uploads."""
    late = update(uploads).where(IS_AWAITED & (uploads.c.expires_at < now))
    failed = late.values(status="failed", problem=problem, updated_at=now)
    return [(row.team, row.id) for row in db.execute(failed.returning(uploads.c.team, uploads.c.id))]


def discard_finished_before(db: Db, moment: datetime) -> None:
    """Forget uploads that ended before `moment`. What they wrote stays."""
    db.execute(uploads.delete().where(~IS_UNFINISHED, ~IS_AWAITED, uploads.c.updated_at < moment))


def staging_keys_in_use(db: Db) -> set[str]:
    """Keys of staging objects that are still needed."""
    return set(db.scalars(select(uploads.c.staging_key).where(IS_UNFINISHED | IS_AWAITED)))


def _change(db: Db, upload_id: str, **values: Any) -> bool:
    """Whether there was something to change: a finished upload never changes again."""
    return bool(db.execute(update(uploads).where(uploads.c.id == upload_id, IS_UNFINISHED).values(values)).rowcount)
