"""Queries on datasets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scope import Scope
from service.engine.store.tables import datasets


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset. `schema` is ``{"Components": [...]}``, or None until an ingestion has found it."""

    id: str
    account_id: str
    region: str
    name: str
    schema: dict[str, Any] | None
    status: str
    server_side_kms_key_id: str | None
    current_job_id: str | None
    created_at: datetime
    updated_at: datetime


def add(connection: Connection, scope: Scope, **values: Any) -> bool:
    """Insert a dataset. False when the name is in use; nothing is changed then."""
    statement = insert(datasets).values(account_id=scope.account_id, region=scope.region, **values)
    added = connection.execute(statement.on_conflict_do_nothing().returning(datasets.c.id))
    return added.first() is not None


def find(connection: Connection, scope: Scope, name: str, *, lock: bool = False) -> Dataset | None:
    """The dataset of that name. `lock` keeps others from changing it until the transaction ends."""
    query = select(datasets).where(*_within(scope), datasets.c.name == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return row and Dataset(**row._mapping)


def get(connection: Connection, dataset_id: str, *, lock: bool = False) -> Dataset | None:
    """The dataset with that primary key. `lock` keeps others from changing it until the transaction ends."""
    query = select(datasets).where(datasets.c.id == dataset_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return row and Dataset(**row._mapping)


def count(connection: Connection, scope: Scope) -> int:
    """How many datasets there are in a scope."""
    return connection.execute(select(func.count()).select_from(datasets).where(*_within(scope))).scalar_one()


def page(
    connection: Connection, scope: Scope, *, name_begins_with: str, after: Sequence[Any] | None, limit: int
) -> list[Dataset]:
    """Datasets in the order of their names, those beyond ``after = [name]``."""
    query = select(datasets).where(*_within(scope), datasets.c.name.startswith(name_begins_with, autoescape=True))
    if after:
        query = query.where(datasets.c.name > after[0])
    return [Dataset(**row._mapping) for row in connection.execute(query.order_by(datasets.c.name).limit(limit))]


def change(connection: Connection, dataset_id: str, **values: Any) -> None:
    """Write columns of one dataset and move its `updated_at`, to now unless a time is given."""
    connection.execute(update(datasets).where(datasets.c.id == dataset_id).values({"updated_at": func.now(), **values}))


def remove(connection: Connection, dataset_id: str) -> None:
    """Delete a dataset and its ingestion jobs."""
    connection.execute(delete(datasets).where(datasets.c.id == dataset_id))


def _within(scope: Scope) -> tuple:
    return datasets.c.account_id == scope.account_id, datasets.c.region == scope.region
