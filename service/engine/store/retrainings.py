"""What descriptions of models tell of their retraining."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from service.engine.store import retraining_schedulers
from service.engine.store.model_versions import ModelVersion
from service.engine.store.retraining_schedulers import RetrainingScheduler
from service.engine.store.tables import imported_inputs, inference_schedulers, model_versions, models
from service.engine.store.tables import inference_executions as executions


@dataclass(frozen=True)
class Retraining:
    """A model's retraining scheduler and the newest version that a retraining made, as far as there are any."""

    scheduler: RetrainingScheduler | None = None
    latest: ModelVersion | None = None


@dataclass(frozen=True)
class AccumulatedData:
    """From when to when inference succeeded, with whatever holes between; both None where it never did."""

    start: datetime | None
    end: datetime | None


def of_models(connection: Connection, model_ids: Collection[str]) -> dict[str, Retraining]:
    """The retraining of each of these models."""
    schedulers = {found.model_id: found for found in retraining_schedulers.of_models(connection, model_ids)}
    retrained = (model_versions.c.model_id.in_(model_ids), model_versions.c.source_type == "RETRAINING")
    newest = (
        select(model_versions)
        .ext(distinct_on(model_versions.c.model_id))
        .where(*retrained)
        .order_by(model_versions.c.model_id, model_versions.c.version.desc())
    )
    latest = {row.model_id: ModelVersion(**row._mapping) for row in connection.execute(newest)}
    return {id: Retraining(schedulers.get(id), latest.get(id)) for id in model_ids}


def qualities(connection: Connection, active: Collection[tuple[str, int]]) -> dict[str, str | None]:
    """ModelQuality of these versions, (model id, version), by model."""
    if not active:
        return {}
    versions = tuple_(model_versions.c.model_id, model_versions.c.version).in_(active)
    rows = connection.execute(select(model_versions.c.model_id, model_versions.c.model_quality).where(versions))
    return {row.model_id: row.model_quality for row in rows}


def accumulated(connection: Connection, model_id: str) -> AccumulatedData:
    """What the executions of the model's schedulers read with success, or what was imported.

    Each end of a scheduler's executions is one look into an index.
    """
    counts = (
        executions.c.scheduler_id == inference_schedulers.c.id,
        executions.c.status == "SUCCESS",
        or_(models.c.accumulated_since.is_(None), executions.c.created_at > models.c.accumulated_since),
    )
    first = select(executions.c.data_start_time).where(*counts).order_by(*_WINDOW).limit(1)
    last = select(executions.c.data_end_time).where(*counts).order_by(*(column.desc() for column in _WINDOW)).limit(1)
    own = (
        select(first.scalar_subquery().label("start"), last.scalar_subquery().label("end"))
        .join_from(inference_schedulers, models)
        .where(models.c.id == model_id)
    )
    imported = select(imported_inputs.c.data_start_time, imported_inputs.c.data_end_time)
    ends = union_all(own, imported.where(imported_inputs.c.model_id == model_id)).subquery()
    return AccumulatedData(*connection.execute(select(func.min(ends.c.start), func.max(ends.c.end))).one())


_WINDOW = (executions.c.data_start_time, executions.c.data_end_time)
