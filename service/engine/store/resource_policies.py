"""Queries on resource policies."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.tables import resource_policies as policies


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy:
    """A policy; `policy` is the JSON text that was sent."""

    resource_arn: str
    policy: str
    revision_id: str
    created_at: datetime
    updated_at: datetime


def find(connection: Connection, resource_arn: str) -> ResourcePolicy | None:
    """The policy of a resource."""
    row = connection.execute(select(policies).where(policies.c.resource_arn == resource_arn)).first()
    return row and ResourcePolicy(**row._mapping)


def put(connection: Connection, resource_arn: str, *, policy: str, revision_id: str, now: datetime) -> None:
    """Attach a policy to a resource, in the place of one that it has."""
    statement = insert(policies).values(
        resource_arn=resource_arn, policy=policy, revision_id=revision_id, created_at=now, updated_at=now
    )
    changed = {"policy": policy, "revision_id": revision_id, "updated_at": now}
    connection.execute(statement.on_conflict_do_update(index_elements=["resource_arn"], set_=changed))


def erase(connection: Connection, resource_arn: str) -> bool:
    """Take the policy from a resource; False when it has none."""
    return connection.execute(delete(policies).where(policies.c.resource_arn == resource_arn)).rowcount > 0


def erase_all(connection: Connection, resource_arn: str) -> None:
    """Remove the policy of a resource that is deleted, and those of the versions that are deleted with a model."""
    below = policies.c.resource_arn.startswith(f"{resource_arn}/", autoescape=True)
    connection.execute(delete(policies).where(or_(policies.c.resource_arn == resource_arn, below)))
