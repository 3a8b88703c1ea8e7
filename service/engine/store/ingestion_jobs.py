"""Queries on data ingestion jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, tuple_, update

from service.engine.store.scope import Scope
from service.engine.store.tables import datasets, ingestion_jobs, model_versions

UNFINISHED = ("IN_PROGRESS", "IMPORT_IN_PROGRESS")


@dataclass(frozen=True, kw_only=True)
class IngestionJob:
    """An ingestion job, or an import; `input_configuration` and the summaries are in the shapes of the wire."""

    id: str
    dataset_id: str
    dataset_name: str
    input_configuration: dict[str, Any] | None
    role_arn: str | None
    source_dataset_arn: str | None
    status: str
    status_detail: str | None
    failed_reason: str | None
    data_quality_summary: dict[str, Any] | None
    ingested_files_summary: dict[str, Any] | None
    ingested_data_size: int | None
    copy_prefix: str | None
    data_start_time: datetime | None
    data_end_time: datetime | None
    attempts: int
    nudged_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


_JOBS = select(ingestion_jobs, datasets.c.name.label("dataset_name")).join(datasets)


def add(connection: Connection, **values: Any) -> None:
    """Insert a job."""
    connection.execute(insert(ingestion_jobs).values(**values))


def find(connection: Connection, scope: Scope, job_id: str) -> IngestionJob | None:
    """The job of that id, if its dataset is in the scope."""
    row = connection.execute(_JOBS.where(*_within(scope), ingestion_jobs.c.id == job_id)).first()
    return row and IngestionJob(**row._mapping)


def get(connection: Connection, job_id: str) -> IngestionJob | None:
    """The job of that id, whoever's it is."""
    row = connection.execute(_JOBS.where(ingestion_jobs.c.id == job_id)).first()
    return row and IngestionJob(**row._mapping)


def newest(connection: Connection, dataset_id: str) -> IngestionJob | None:
    """The job of that dataset which was started last."""
    query = _JOBS.where(ingestion_jobs.c.dataset_id == dataset_id).order_by(*_NEWEST_FIRST).limit(1)
    row = connection.execute(query).first()
    return row and IngestionJob(**row._mapping)


def needs_copy(connection: Connection, dataset_id: str, job_id: str) -> bool:
    """Whether the copy of a job is being written, is its dataset's content, or is being trained on.

    One statement, so that no moment lies between a training that takes the copy and the ingestion that replaces it.
    """
    in_training = exists().where(model_versions.c.ingestion_job_id == job_id, model_versions.c.status == "IN_PROGRESS")
    query = select(ingestion_jobs.c.id).join(datasets)
    query = query.where(ingestion_jobs.c.id == job_id, ingestion_jobs.c.dataset_id == dataset_id)
    needed = or_(ingestion_jobs.c.status.in_(UNFINISHED), datasets.c.current_job_id == job_id, in_training)
    return connection.execute(query.where(needed)).first() is not None


def count_pending(connection: Connection, scope: Scope) -> int:
    """How many jobs of a scope have not ended."""
    pending = select(func.count()).select_from(ingestion_jobs.join(datasets))
    return connection.execute(pending.where(*_within(scope), ingestion_jobs.c.status.in_(UNFINISHED))).scalar_one()


def page(
    connection: Connection,
    scope: Scope,
    *,
    dataset_name: str | None,
    status: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[IngestionJob]:
    """Jobs, newest first, those beyond ``after = [created_at, id]``."""
    query = _JOBS.where(*_within(scope))
    if dataset_name:
        query = query.where(datasets.c.name == dataset_name)
    if status:
        query = query.where(ingestion_jobs.c.status == status)
    if after:
        query = query.where(tuple_(ingestion_jobs.c.created_at, ingestion_jobs.c.id) < tuple(after))
    return [IngestionJob(**row._mapping) for row in connection.execute(query.order_by(*_NEWEST_FIRST).limit(limit))]


def tell(connection: Connection, job_id: str, status_detail: str) -> None:
    """Write how far a job has come; nothing when it has ended."""
    going_on = update(ingestion_jobs).where(ingestion_jobs.c.id == job_id, ingestion_jobs.c.status == "IN_PROGRESS")
    connection.execute(going_on.values(status_detail=status_detail))


def end(connection: Connection, job_id: str, **values: Any) -> bool:
    """Write how a job ended; False when it has ended already, and nothing is changed."""
    ended = update(ingestion_jobs).where(ingestion_jobs.c.id == job_id, ingestion_jobs.c.status.in_(UNFINISHED))
    return connection.execute(ended.values(**values)).rowcount > 0


_NEWEST_FIRST = (ingestion_jobs.c.created_at.desc(), ingestion_jobs.c.id.desc())


def _within(scope: Scope) -> tuple:
    return datasets.c.account_id == scope.account_id, datasets.c.region == scope.region
