"""Queries on the versions of models."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.engine.store.tables import model_versions


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """What one training made. `model_metrics` is JSON text, as the wire wants it."""

    model_id: str
    version: int
    status: str
    source_type: str
    ingestion_job_id: str | None
    artefact_prefix: str | None
    model_metrics: str | None
    model_quality: str | None
    failed_reason: str | None
    training_started_at: datetime | None
    training_ended_at: datetime | None
    attempts: int
    nudged_at: datetime | None
    created_at: datetime


def add(connection: Connection, **values: Any) -> None:
    """Insert a version."""
    connection.execute(insert(model_versions).values(**values))


def get(connection: Connection, model_id: str, version: int) -> ModelVersion | None:
    """One version of a model."""
    row = connection.execute(select(model_versions).where(*_is(model_id, version))).first()
    return row and ModelVersion(**row._mapping)


def newest(connection: Connection, model_id: str) -> ModelVersion | None:
    """The version with the highest number."""
    query = select(model_versions).where(model_versions.c.model_id == model_id)
    row = connection.execute(query.order_by(model_versions.c.version.desc()).limit(1)).first()
    return row and ModelVersion(**row._mapping)


def change(connection: Connection, model_id: str, version: int, **values: Any) -> None:
    """Write columns of one version."""
    connection.execute(update(model_versions).where(*_is(model_id, version)).values(**values))


def end(connection: Connection, model_id: str, version: int, **values: Any) -> bool:
    """Write how the training of a version ended; False when it has ended already, and nothing is changed."""
    ended = update(model_versions).where(*_is(model_id, version), model_versions.c.status == "IN_PROGRESS")
    return connection.execute(ended.values(**values)).rowcount > 0


def _is(model_id: str, version: int) -> tuple:
    return model_versions.c.model_id == model_id, model_versions.c.version == version
