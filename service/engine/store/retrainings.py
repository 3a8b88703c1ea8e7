"""What descriptions of models tell of their retraining."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from service.engine.store import retraining_schedulers
from service.engine.store.model_versions import ModelVersion
from service.engine.store.retraining_schedulers import RetrainingScheduler
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers, model_versions


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
    """What the executions of the model's schedulers read with success; each end is one look into an index."""
    succeeded = (executions.c.scheduler_id == inference_schedulers.c.id, executions.c.status == "SUCCESS")
    ends = []
    for column, order in ((executions.c.data_start_time, "asc"), (executions.c.data_end_time, "desc")):
        window = (getattr(place, order)() for place in (executions.c.data_start_time, executions.c.data_end_time))
        ends.append(select(column).where(*succeeded).order_by(*window).limit(1).scalar_subquery())
    query = select(func.min(ends[0]), func.max(ends[1])).where(inference_schedulers.c.model_id == model_id)
    return AccumulatedData(*connection.execute(query).one())
