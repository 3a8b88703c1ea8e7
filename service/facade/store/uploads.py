"""Uploads: accepted tables, how far the work on them is, and what came of it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Row, Table, Text, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB

from service.facade.domain.models import Component
from service.facade.domain.pages import Page
from service.facade.domain.schedulers import S3Location
from service.facade.domain.uploads import FileReport, Progress, StagedFile, Upload, UploadPlan, UploadWork
from service.facade.domain.windows import InputNaming
from service.facade.store.metadata import metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("staging_key", Text, nullable=False),
    Column("staged_files", JSONB, nullable=False),
    Column("plan", JSONB, nullable=False),
    Column("files_total", Integer),
    Column("files_written", Integer, nullable=False, server_default="0"),
    Column("rows_read", BigInteger, nullable=False, server_default="0"),
    Column("files", JSONB, nullable=False, server_default="[]"),
    Column("problem", JSONB(none_as_null=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),  # that never came back
    Index("ix_uploads_scheduler_sequence", "inference_scheduler_name", "team", "sequence"),
)
_UNFINISHED = uploads.c.status.in_(("queued", "running"))
Index("ix_uploads_unfinished", uploads.c.sequence, postgresql_where=_UNFINISHED)
_SHOWN = [
    column for column in uploads.c if column.name not in ("team", "staging_key", "staged_files", "plan", "attempts")
]


def insert(db: Db, work: UploadWork) -> None:
    db.execute(uploads.insert().values(asdict(work) | {"status": "queued", "updated_at": work.created_at}))


def find(db: Db, team: str, upload_id: str) -> Upload | None:
    row = db.execute(select(*_SHOWN).where(uploads.c.id == upload_id, uploads.c.team == team)).one_or_none()
    return _upload(row) if row else None


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[Upload]:
    """Newest first, from the one before the sequence number `before` on."""
    mine = (uploads.c.team == team) & (uploads.c.inference_scheduler_name == scheduler_name)
    query = select(*_SHOWN).where(mine)
    if before is not None:
        query = query.where(uploads.c.sequence < before)
    rows = db.execute(query.order_by(uploads.c.sequence.desc()).limit(limit + 1)).all()
    more = rows[limit - 1].sequence if len(rows) > limit else None
    return Page([_upload(row) for row in rows[:limit]], more)


def schedulers_with_work(db: Db) -> list[str]:
    """Names of schedulers that have an unfinished upload."""
    return list(db.scalars(select(uploads.c.inference_scheduler_name).where(_UNFINISHED).distinct()))


def next_work(db: Db, scheduler_name: str) -> UploadWork | None:
    """The unfinished upload of a scheduler that was accepted first."""
    query = select(uploads).where(uploads.c.inference_scheduler_name == scheduler_name, _UNFINISHED)
    row = db.execute(query.order_by(uploads.c.sequence).limit(1)).one_or_none()
    return _work(row) if row else None


def begin_attempt(db: Db, upload_id: str) -> int:
    """Count an attempt at an upload; how many have begun by now since one came back last."""
    mine = update(uploads).where(uploads.c.id == upload_id).values(attempts=uploads.c.attempts + 1)
    return db.execute(mine.returning(uploads.c.attempts)).scalar_one()


def forget_attempts(db: Db, upload_id: str) -> None:
    """An attempt came back: its worker was not killed."""
    db.execute(update(uploads).where(uploads.c.id == upload_id).values(attempts=0))


def record_progress(db: Db, upload_id: str, progress: Progress, now: datetime) -> None:
    _change(db, upload_id, status="running", updated_at=now, **asdict(progress))


def record_reports(db: Db, upload_id: str, reports: Sequence[FileReport]) -> None:
    """All rows are checked; this is what was found."""
    _change(db, upload_id, files=[_report_row(report) for report in reports])


def record_success(db: Db, upload_id: str, progress: Progress, now: datetime) -> None:
    _change(db, upload_id, status="succeeded", updated_at=now, **asdict(progress))


def record_failure(db: Db, upload_id: str, problem: dict[str, Any], now: datetime) -> None:
    _change(db, upload_id, status="failed", problem=problem, updated_at=now)


def discard_finished_before(db: Db, moment: datetime) -> None:
    """Forget uploads that ended before `moment`. What they wrote stays."""
    db.execute(uploads.delete().where(~_UNFINISHED, uploads.c.updated_at < moment))


def staging_keys_in_use(db: Db) -> set[str]:
    """Keys of staging objects that a worker still needs."""
    return set(db.scalars(select(uploads.c.staging_key).where(_UNFINISHED)))


def _change(db: Db, upload_id: str, **values: Any) -> None:
    """A finished upload never changes again."""
    db.execute(update(uploads).where(uploads.c.id == upload_id, _UNFINISHED).values(values))


def _upload(row: Row) -> Upload:
    return Upload(
        id=row.id,
        inference_scheduler_name=row.inference_scheduler_name,
        status=row.status,
        progress=Progress(files_total=row.files_total, files_written=row.files_written, rows_read=row.rows_read),
        files=tuple(_report(entry) for entry in row.files),
        problem=row.problem,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _work(row: Row) -> UploadWork:
    plan = row.plan
    return UploadWork(
        id=row.id,
        team=row.team,
        inference_scheduler_name=row.inference_scheduler_name,
        staging_key=row.staging_key,
        staged_files=tuple(StagedFile(**entry) for entry in row.staged_files),
        plan=UploadPlan(
            input=S3Location(**plan["input"]),
            naming=InputNaming(**plan["naming"]),
            components=tuple(Component(**entry | {"sensors": tuple(entry["sensors"])}) for entry in plan["components"]),
        ),
        created_at=row.created_at,
    )


def _report_row(report: FileReport) -> dict[str, Any]:
    times = {name: getattr(report, name).isoformat() for name in ("first_timestamp", "last_timestamp")}
    return asdict(report) | times


def _report(entry: dict[str, Any]) -> FileReport:
    times = {name: datetime.fromisoformat(entry[name]) for name in ("first_timestamp", "last_timestamp")}
    return FileReport(**entry | times | {"components": tuple(entry["components"])})
