"""Queries on models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scope import Scope
from service.engine.store.tables import datasets, inference_schedulers, models


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model; what one training made is in its versions. Configurations are in the shapes of the wire."""

    id: str
    account_id: str
    region: str
    name: str
    dataset_id: str
    dataset_name: str
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
    status: str
    active_version: int | None
    active_version_activated_at: datetime | None
    previous_active_version: int | None
    previous_active_version_activated_at: datetime | None
    accumulated_since: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def target_sampling_rate(self) -> str | None:
        """The rate that training resampled to, ``PT5M`` for instance; None when it used the rows as they were."""
        return (self.data_pre_processing_configuration or {}).get("TargetSamplingRate")


_MODELS = select(models, datasets.c.name.label("dataset_name")).join(datasets, models.c.dataset_id == datasets.c.id)


def add(connection: Connection, scope: Scope, **values: Any) -> bool:
    """Insert a model. False when the name is in use; nothing is changed then."""
    statement = insert(models).values(account_id=scope.account_id, region=scope.region, **values)
    return connection.execute(statement.on_conflict_do_nothing().returning(models.c.id)).first() is not None


def find(connection: Connection, scope: Scope, name: str, *, lock: bool = False) -> Model | None:
    """The model of that name. `lock` keeps others from changing it until the transaction ends."""
    query = _MODELS.where(*_within(scope), models.c.name == name)
    row = connection.execute(query.with_for_update(of=models) if lock else query).first()
    return row and Model(**row._mapping)


def get(connection: Connection, model_id: str, *, lock: bool = False) -> Model | None:
    """The model with that primary key. `lock` keeps others from changing it until the transaction ends."""
    query = _MODELS.where(models.c.id == model_id)
    row = connection.execute(query.with_for_update(of=models) if lock else query).first()
    return row and Model(**row._mapping)


def count(connection: Connection, scope: Scope, *, status: str | None = None) -> int:
    """How many models there are in a scope, all or those of one status."""
    query = select(func.count()).select_from(models).where(*_within(scope))
    return connection.execute(query.where(models.c.status == status) if status else query).scalar_one()


def uses_dataset(connection: Connection, dataset_id: str) -> str | None:
    """The name of a model that was made from that dataset, if there is one."""
    query = select(models.c.name).where(models.c.dataset_id == dataset_id).order_by(models.c.name).limit(1)
    return connection.execute(query).scalar_one_or_none()


def of_dataset(connection: Connection, dataset_id: str) -> list[Model]:
    """The models that were made from that dataset, in the order of their names."""
    rows = connection.execute(_MODELS.where(models.c.dataset_id == dataset_id).order_by(models.c.name))
    return [Model(**row._mapping) for row in rows]


def scheduler_of(connection: Connection, model_id: str) -> str | None:
    """The name of a scheduler that is attached to the model, stopped or not; the first of several."""
    query = select(inference_schedulers.c.name).where(inference_schedulers.c.model_id == model_id)
    return connection.execute(query.order_by(inference_schedulers.c.name).limit(1)).scalar_one_or_none()


def page(
    connection: Connection,
    scope: Scope,
    *,
    name_begins_with: str,
    dataset_name_begins_with: str,
    status: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Model]:
    """Models in the order of their names, those beyond ``after = [name]``."""
    query = _MODELS.where(
        *_within(scope),
        models.c.name.startswith(name_begins_with, autoescape=True),
        datasets.c.name.startswith(dataset_name_begins_with, autoescape=True),
    )
    if status:
        query = query.where(models.c.status == status)
    if after:
        query = query.where(models.c.name > after[0])
    return [Model(**row._mapping) for row in connection.execute(query.order_by(models.c.name).limit(limit))]


def change(connection: Connection, model_id: str, **values: Any) -> None:
    """Write columns of one model and move its `updated_at`, to now unless a time is given."""
    connection.execute(update(models).where(models.c.id == model_id).values({"updated_at": func.now(), **values}))


def activate(connection: Connection, model_id: str, version: int, now: datetime) -> None:
    """Make a version the active one, and what was active the previous one."""
    change(
        connection,
        model_id,
        active_version=version,
        active_version_activated_at=now,
        previous_active_version=models.c.active_version,
        previous_active_version_activated_at=models.c.active_version_activated_at,
        updated_at=now,
    )


def remove(connection: Connection, model_id: str) -> None:
    """Delete a model and its versions."""
    connection.execute(delete(models).where(models.c.id == model_id))


def _within(scope: Scope) -> tuple:
    return models.c.account_id == scope.account_id, models.c.region == scope.region
