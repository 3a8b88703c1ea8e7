"""Queries on inference schedulers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scheduler_status import STATUS, has_status
from service.engine.store.scope import Scope
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import models

LOOK_AT_ONCE = datetime.fromtimestamp(0, UTC)  # a `next_wake_at` that every tick's clock is past


@dataclass(frozen=True, kw_only=True)
class Scheduler:
    """An inference scheduler. Both data configurations are in the shapes of the wire, with every default filled in."""

    id: str
    account_id: str
    region: str
    name: str
    model_id: str
    model_name: str
    data_upload_frequency: str
    data_delay_offset_in_minutes: int
    data_input_configuration: dict[str, Any]
    data_output_configuration: dict[str, Any]
    role_arn: str
    server_side_kms_key_id: str | None
    anomaly_threshold: float
    catch_up_policy: str | None
    catch_up_hours: float | None
    shadow_version: int | None
    wanted: str
    actual: str
    activated_at: datetime
    scheduled_through: datetime | None
    next_wake_at: datetime | None
    latest_inference_result: str | None
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> str:
        """PENDING, RUNNING, STOPPING or STOPPED."""
        return STATUS[self.wanted, self.actual]


_SCHEDULERS = select(schedulers, models.c.name.label("model_name")).join(models)


def add(connection: Connection, scope: Scope, **values: Any) -> bool:
    """Insert a scheduler. False when the name is in use; nothing is changed then."""
    statement = insert(schedulers).values(account_id=scope.account_id, region=scope.region, **values)
    return connection.execute(statement.on_conflict_do_nothing().returning(schedulers.c.id)).first() is not None


def find(connection: Connection, scope: Scope, name: str, *, lock: bool = False) -> Scheduler | None:
    """The scheduler of that name. `lock` keeps others from changing it until the transaction ends."""
    query = _SCHEDULERS.where(*_within(scope), schedulers.c.name == name)
    row = connection.execute(query.with_for_update(of=schedulers) if lock else query).first()
    return row and Scheduler(**row._mapping)


def get(connection: Connection, scheduler_id: str) -> Scheduler | None:
    """The scheduler with that primary key."""
    row = connection.execute(_SCHEDULERS.where(schedulers.c.id == scheduler_id)).first()
    return row and Scheduler(**row._mapping)


def of_model(connection: Connection, model_id: str) -> list[Scheduler]:
    """The schedulers of a model, stopped or not, in the order of their names.

    Count them in a transaction that has the model's row locked: only so nobody adds another one meanwhile.
    """
    rows = connection.execute(_SCHEDULERS.where(schedulers.c.model_id == model_id).order_by(schedulers.c.name))
    return [Scheduler(**row._mapping) for row in rows]


def input_prefixes(connection: Connection, bucket: str) -> set[str]:
    """Where in that bucket schedulers look for their input, whoever's they are."""
    place = schedulers.c.data_input_configuration["S3InputConfiguration"]
    rows = connection.execute(select(place["Prefix"].astext).where(place["Bucket"].astext == bucket))
    return {prefix or "" for prefix in rows.scalars()}


def page(
    connection: Connection,
    scope: Scope,
    *,
    name_begins_with: str,
    model_name: str | None,
    status: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Scheduler]:
    """Schedulers in the order of their names, those beyond ``after = [name]``."""
    query = _SCHEDULERS.where(*_within(scope), schedulers.c.name.startswith(name_begins_with, autoescape=True))
    if model_name:
        query = query.where(models.c.name == model_name)
    if status:
        query = query.where(has_status(schedulers, status))
    if after:
        query = query.where(schedulers.c.name > after[0])
    return [Scheduler(**row._mapping) for row in connection.execute(query.order_by(schedulers.c.name).limit(limit))]


def change(connection: Connection, scheduler_id: str, **values: Any) -> None:
    """Write columns that the API answers for, and move `updated_at`, to now unless a time is given.

    The next round of the tick looks at the scheduler, whenever it would have been due.
    """
    statement = update(schedulers).where(schedulers.c.id == scheduler_id)
    connection.execute(statement.values({"updated_at": func.now(), "next_wake_at": LOOK_AT_ONCE, **values}))


def remove(connection: Connection, scheduler_id: str) -> None:
    """Delete a scheduler, its executions, events and replays."""
    connection.execute(delete(schedulers).where(schedulers.c.id == scheduler_id))


def _within(scope: Scope) -> tuple:
    return schedulers.c.account_id == scope.account_id, schedulers.c.region == scope.region
