"""Queries on tags."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.tables import tags


def read(connection: Connection, resource_arn: str) -> dict[str, str]:
    """Every tag of a resource, in the order of the keys."""
    query = select(tags.c.key, tags.c.value).where(tags.c.resource_arn == resource_arn).order_by(tags.c.key)
    return {row.key: row.value for row in connection.execute(query)}


def write(connection: Connection, resource_arn: str, values: Mapping[str, str]) -> None:
    """Set tags; a key that is there gets the new value."""
    if not values:
        return
    rows = [{"resource_arn": resource_arn, "key": key, "value": value} for key, value in values.items()]
    statement = insert(tags).values(rows)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["resource_arn", "key"], set_={"value": statement.excluded.value}
        )
    )


def erase(connection: Connection, resource_arn: str, keys: Iterable[str]) -> None:
    """Remove tags by their keys; a key that is not there is no error."""
    connection.execute(delete(tags).where(tags.c.resource_arn == resource_arn, tags.c.key.in_(list(keys))))


def erase_all(connection: Connection, resource_arn: str) -> None:
    """Remove every tag of a resource that is deleted, and of the versions that are deleted with a model."""
    below = tags.c.resource_arn.startswith(f"{resource_arn}/", autoescape=True)
    connection.execute(delete(tags).where(or_(tags.c.resource_arn == resource_arn, below)))
