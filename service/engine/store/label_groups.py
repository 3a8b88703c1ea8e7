"""Queries on label groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scope import Scope
from service.engine.store.tables import label_groups, models


@dataclass(frozen=True, kw_only=True)
class LabelGroup:
    """A label group; `fault_codes` are those that its labels may have."""

    id: str
    account_id: str
    region: str
    name: str
    fault_codes: list[str]
    created_at: datetime
    updated_at: datetime


def add(connection: Connection, scope: Scope, **values: Any) -> bool:
    """Insert a group. False when the name is in use; nothing is changed then."""
    statement = insert(label_groups).values(account_id=scope.account_id, region=scope.region, **values)
    return connection.execute(statement.on_conflict_do_nothing().returning(label_groups.c.id)).first() is not None


def find(connection: Connection, scope: Scope, name: str, *, lock: bool = False) -> LabelGroup | None:
    """The group of that name. `lock` keeps others from changing it until the transaction ends."""
    query = select(label_groups).where(*_within(scope), label_groups.c.name == name)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return row and LabelGroup(**row._mapping)


def count(connection: Connection, scope: Scope) -> int:
    """How many groups there are in a scope."""
    return connection.execute(select(func.count()).select_from(label_groups).where(*_within(scope))).scalar_one()


def used_by(connection: Connection, scope: Scope, name: str) -> str | None:
    """The name of a model that takes its labels from the group of that name, if there is one."""
    query = select(models.c.name).where(
        models.c.account_id == scope.account_id,
        models.c.region == scope.region,
        models.c.labels_input_configuration["LabelGroupName"].astext == name,
    )
    return connection.execute(query.order_by(models.c.name).limit(1)).scalar_one_or_none()


def page(
    connection: Connection, scope: Scope, *, name_begins_with: str, after: Sequence[Any] | None, limit: int
) -> list[LabelGroup]:
    """Groups in the order of their names, those beyond ``after = [name]``."""
    query = select(label_groups).where(
        *_within(scope), label_groups.c.name.startswith(name_begins_with, autoescape=True)
    )
    if after:
        query = query.where(label_groups.c.name > after[0])
    rows = connection.execute(query.order_by(label_groups.c.name).limit(limit))
    return [LabelGroup(**row._mapping) for row in rows]


def change(connection: Connection, group_id: str, **values: Any) -> None:
    """Write columns of one group and move its `updated_at`, to now unless a time is given."""
    changed = {"updated_at": func.now(), **values}
    connection.execute(update(label_groups).where(label_groups.c.id == group_id).values(changed))


def remove(connection: Connection, group_id: str) -> None:
    """Delete a group and its labels."""
    connection.execute(delete(label_groups).where(label_groups.c.id == group_id))


def _within(scope: Scope) -> tuple:
    return label_groups.c.account_id == scope.account_id, label_groups.c.region == scope.region
