"""Queries on exports of model versions as files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.engine.store.scope import Scope
from service.engine.store.tables import model_exports as exports
from service.engine.store.tables import models


@dataclass(frozen=True, kw_only=True)
class ModelExport:
    """An export of `version` of a model; `output_configuration` is in the shape of the wire, `size` is in bytes."""

    id: str
    model_id: str
    model_name: str
    version: int
    output_configuration: dict[str, Any]
    role_arn: str
    status: str
    failed_reason: str | None
    key: str | None
    size: int | None
    sha256: str | None
    attempts: int
    nudged_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


_EXPORTS = select(exports, models.c.name.label("model_name")).join(models, exports.c.model_id == models.c.id)


def add(connection: Connection, **values: Any) -> None:
    """Insert an export that is to be done."""
    connection.execute(insert(exports).values(status="IN_PROGRESS", **values))


def find(connection: Connection, scope: Scope, export_id: str) -> ModelExport | None:
    """The export of that id, if its model is in the scope."""
    within = (models.c.account_id == scope.account_id, models.c.region == scope.region)
    row = connection.execute(_EXPORTS.where(exports.c.id == export_id, *within)).first()
    return row and ModelExport(**row._mapping)


def get(connection: Connection, export_id: str) -> ModelExport | None:
    """The export of that id, whoever's it is; None when its model was deleted."""
    row = connection.execute(_EXPORTS.where(exports.c.id == export_id)).first()
    return row and ModelExport(**row._mapping)


def end(connection: Connection, export_id: str, **values: Any) -> bool:
    """Write how an export ended; False when it has ended already, or its model is gone."""
    ended = update(exports).where(exports.c.id == export_id, exports.c.status == "IN_PROGRESS")
    return connection.execute(ended.values(**values)).rowcount > 0
