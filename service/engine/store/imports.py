"""Queries on imports: objects on their way into a dataset or a model version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.engine.store.tables import imports


@dataclass(frozen=True, kw_only=True)
class Import:
    """One import, into `dataset_id` or into `version` of `model_id`; `schema` is what the dataset gets with it.

    It comes from `source_prefix` of the engine's bucket or, a version, from the file `source_object`.
    """

    id: str
    dataset_id: str | None
    schema: dict[str, Any] | None
    model_id: str | None
    version: int | None
    source_prefix: str | None
    source_object: dict[str, str] | None
    source_model_id: str | None
    inference_data_import_strategy: str | None
    status: str
    attempts: int
    nudged_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


def add(connection: Connection, **values: Any) -> None:
    """Insert an import that is to be done."""
    connection.execute(insert(imports).values(status="IN_PROGRESS", **values))


def get(connection: Connection, import_id: str) -> Import | None:
    """The import of that id; None when its target was deleted."""
    row = connection.execute(select(imports).where(imports.c.id == import_id)).first()
    return row and Import(**row._mapping)


def is_read(connection: Connection, prefix: str) -> bool:
    """Whether an import under way reads the objects of that prefix of the engine's bucket."""
    reading = (imports.c.source_prefix == prefix, imports.c.status == "IN_PROGRESS")
    return connection.execute(select(imports.c.id).where(*reading).limit(1)).first() is not None


def end(connection: Connection, import_id: str, status: str, now: datetime) -> bool:
    """Record how an import ended; False when it has ended already, or its target is gone."""
    ended = update(imports).where(imports.c.id == import_id, imports.c.status == "IN_PROGRESS")
    return connection.execute(ended.values(status=status, finished_at=now)).rowcount > 0
