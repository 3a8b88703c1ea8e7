"""Queries on the versions of models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, insert, select, update

from service.engine.store.models import Model
from service.engine.store.tables import model_versions
from service.engine.store.tables import models as model_rows

UNFINISHED = ("IN_PROGRESS", "IMPORT_IN_PROGRESS")
HIGHEST = 2**31 - 1  # number that the column holds; callers may name any

# What a version is made from: a model says it of the next version, a version of itself.
MADE_FROM = (
    "schema",
    "labels_input_configuration",
    "data_pre_processing_configuration",
    "off_condition",
    "training_data_start_time",
    "training_data_end_time",
    "evaluation_data_start_time",
    "evaluation_data_end_time",
    "role_arn",
    "server_side_kms_key_id",
    "model_diagnostics_output_configuration",
)


@dataclass(frozen=True, kw_only=True)
class ModelVersion:
    """A version with what it was made from and what came of it. Metrics are JSON text, as the wire wants them."""

    model_id: str
    version: int
    status: str
    source_type: str
    ingestion_job_id: str | None
    schema: dict[str, Any]
    labels_input_configuration: dict[str, Any] | None
    data_pre_processing_configuration: dict[str, Any] | None
    off_condition: str | None
    training_data_start_time: datetime | None
    training_data_end_time: datetime | None
    evaluation_data_start_time: datetime | None
    evaluation_data_end_time: datetime | None
    role_arn: str | None
    server_side_kms_key_id: str | None
    model_diagnostics_output_configuration: dict[str, Any] | None
    artefact_prefix: str | None
    model_metrics: str | None
    model_quality: str | None
    diagnostics_result: dict[str, str] | None
    failed_reason: str | None
    training_started_at: datetime | None
    training_ended_at: datetime | None
    scheduled_for: datetime | None
    promote_mode: str | None
    retraining_available_data_in_days: int | None
    prior_model_metrics: str | None
    auto_promotion_result: str | None
    auto_promotion_result_reason: str | None
    source_model_version_arn: str | None
    import_started_at: datetime | None
    import_ended_at: datetime | None
    imported_data_size: int | None
    attempts: int
    nudged_at: datetime | None
    created_at: datetime
    updated_at: datetime


def _made(name: str) -> ColumnElement:
    """A column of a version; without a schema an engine of the release before made it, from what its model says."""
    own = model_versions.c[name]
    if name not in MADE_FROM:
        return own
    return case((model_versions.c.schema.is_(None), model_rows.c[name]), else_=own).label(name)


_VERSIONS = select(*(_made(column.name) for column in model_versions.c)).join_from(model_versions, model_rows)


def made_from(model: Model) -> dict[str, Any]:
    """The columns that a version made now takes over from its model."""
    return {column: getattr(model, column) for column in MADE_FROM}


def as_made(model: Model, version: ModelVersion) -> Model:
    """The model as it was when that version was asked for; an update since is for later versions."""
    return replace(model, **{column: getattr(version, column) for column in MADE_FROM})


def add(connection: Connection, **values: Any) -> None:
    """Insert a version."""
    connection.execute(insert(model_versions).values(**values))


def get(connection: Connection, model_id: str, version: int) -> ModelVersion | None:
    """One version of a model."""
    if version > HIGHEST:
        return None
    row = connection.execute(_VERSIONS.where(*_is(model_id, version))).first()
    return row and ModelVersion(**row._mapping)


def newest(connection: Connection, model_id: str) -> ModelVersion | None:
    """The version with the highest number."""
    query = _VERSIONS.where(model_versions.c.model_id == model_id)
    row = connection.execute(query.order_by(model_versions.c.version.desc()).limit(1)).first()
    return row and ModelVersion(**row._mapping)


def in_training(connection: Connection, model_id: str) -> bool:
    """Whether a version of the model is being trained, for the first time or again, or imported."""
    query = select(model_versions.c.version).where(model_versions.c.model_id == model_id)
    return connection.execute(query.where(model_versions.c.status.in_(UNFINISHED)).limit(1)).first() is not None


def next_number(connection: Connection, model_id: str) -> int:
    """One more than the highest there is, whichever is active. Lock the model first, so that nobody else gets it."""
    query = select(func.coalesce(func.max(model_versions.c.version), 0) + 1)
    return connection.execute(query.where(model_versions.c.model_id == model_id)).scalar_one()


def page(
    connection: Connection,
    model_id: str,
    *,
    status: str | None,
    source_type: str | None,
    created_after: datetime | None,
    created_before: datetime | None,
    lowest: int | None,
    highest: int | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[ModelVersion]:
    """Versions, the newest first, those beyond ``after = [version]``. Times are strict, numbers inclusive."""
    columns = model_versions.c
    chosen = [
        columns.model_id == model_id,
        *([columns.status == status] if status else []),
        *([columns.source_type == source_type] if source_type else []),
        *([columns.created_at > created_after] if created_after else []),
        *([columns.created_at < created_before] if created_before else []),
        *([columns.version >= min(lowest, HIGHEST)] if lowest else []),
        *([columns.version <= min(highest, HIGHEST)] if highest else []),
        *([columns.version < after[0]] if after else []),
    ]
    query = _VERSIONS.where(*chosen).order_by(columns.version.desc()).limit(limit)
    return [ModelVersion(**row._mapping) for row in connection.execute(query)]


def change(connection: Connection, model_id: str, version: int, **values: Any) -> None:
    """Write columns of one version and move its `updated_at`, to now unless a time is given."""
    statement = update(model_versions).where(*_is(model_id, version))
    connection.execute(statement.values({"updated_at": func.now(), **values}))


def end(connection: Connection, model_id: str, version: int, **values: Any) -> bool:
    """Write how the training or import of a version ended; False when it has ended already: nothing is changed."""
    ended = update(model_versions).where(*_is(model_id, version), model_versions.c.status.in_(UNFINISHED))
    return connection.execute(ended.values({"updated_at": func.now(), **values})).rowcount > 0


def _is(model_id: str, version: int) -> tuple:
    return model_versions.c.model_id == model_id, model_versions.c.version == version
