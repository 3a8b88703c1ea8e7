"""Queries on retraining schedulers: one per model, and named by it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scheduler_status import STATUS, has_status
from service.engine.store.scope import Scope
from service.engine.store.tables import models, retraining_schedulers


@dataclass(frozen=True, kw_only=True)
class RetrainingScheduler:
    """When a model is trained again, on how much of the past, and whether the new version may take over by itself."""

    model_id: str
    model_name: str
    retraining_start_date: datetime
    retraining_frequency: str
    lookback_window: str
    promote_mode: str
    wanted: str
    actual: str
    next_run_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> str:
        """PENDING, RUNNING, STOPPING or STOPPED."""
        return STATUS[self.wanted, self.actual]


_SCHEDULERS = select(retraining_schedulers, models.c.name.label("model_name")).join(models)
_columns = retraining_schedulers.c


def add(connection: Connection, **values: Any) -> bool:
    """Insert a scheduler. False when the model has one; nothing is changed then."""
    statement = insert(retraining_schedulers).values(**values).on_conflict_do_nothing()
    return connection.execute(statement.returning(_columns.model_id)).first() is not None


def of_model(connection: Connection, model_id: str, *, lock: bool = False) -> RetrainingScheduler | None:
    """The scheduler of that model. `lock` keeps others from changing it until the transaction ends."""
    query = _SCHEDULERS.where(_columns.model_id == model_id)
    row = connection.execute(query.with_for_update(of=retraining_schedulers) if lock else query).first()
    return row and RetrainingScheduler(**row._mapping)


def of_models(connection: Connection, model_ids: Collection[str]) -> list[RetrainingScheduler]:
    """The schedulers of these models, as far as they have one."""
    rows = connection.execute(_SCHEDULERS.where(_columns.model_id.in_(model_ids)))
    return [RetrainingScheduler(**row._mapping) for row in rows]


def page(
    connection: Connection,
    scope: Scope,
    *,
    model_name_begins_with: str,
    status: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[RetrainingScheduler]:
    """Schedulers in the order of their models' names, those beyond ``after = [model name]``."""
    query = _SCHEDULERS.where(
        models.c.account_id == scope.account_id,
        models.c.region == scope.region,
        models.c.name.startswith(model_name_begins_with, autoescape=True),
    )
    if status:
        query = query.where(has_status(retraining_schedulers, status))
    if after:
        query = query.where(models.c.name > after[0])
    rows = connection.execute(query.order_by(models.c.name).limit(limit))
    return [RetrainingScheduler(**row._mapping) for row in rows]


def change(connection: Connection, model_id: str, **values: Any) -> None:
    """Write columns that the API answers for, and move `updated_at`, to now unless a time is given."""
    statement = update(retraining_schedulers).where(_columns.model_id == model_id)
    connection.execute(statement.values({"updated_at": func.now(), **values}))


def remove(connection: Connection, model_id: str) -> None:
    """Delete the scheduler; the versions that it made stay."""
    connection.execute(delete(retraining_schedulers).where(_columns.model_id == model_id))
