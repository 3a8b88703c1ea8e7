"""API keys made, listed and revoked. Whoever runs the service does this; it needs a database and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.audit import Act
from service.facade.domain.keys import ApiKey, digest_of, id_of, mint
from service.facade.store import audit, keys
from service.facade.store.database import Database


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """`lifetime` None: it never expires."""

    team: str
    scopes: tuple[str, ...]
    name: str
    lifetime: timedelta | None


def create_key(database: Database, wanted: NewKey, actor: str, now: datetime) -> tuple[ApiKey, str]:
    """A new key, and its text: this is the only time anybody sees it."""
    text = mint()
    key = ApiKey(
        id=id_of(text) or "",
        team=wanted.team,
        scopes=wanted.scopes,
        name=wanted.name,
        created_at=now,
        expires_at=None if wanted.lifetime is None else now + wanted.lifetime,
    )
    with database.begin() as db:
        keys.insert(db, key, digest_of(text))
        audit.insert(db, _act("create_key", key, actor, now), status=201)
    return key, text


def list_keys(database: Database, team: str | None) -> list[ApiKey]:
    """The keys of a team, or of all, newest first."""
    with database.begin() as db:
        return keys.list_keys(db, team)


def revoke_key(database: Database, key_id: str, actor: str, now: datetime) -> ApiKey | None:
    """The key, which opens nothing any more; None if there is none with this id. Revoking it again changes nothing."""
    with database.begin() as db:
        key = keys.revoke(db, key_id, now)
        if key is not None:
            audit.insert(db, _act("revoke_key", key, actor, now), status=200)
    return key


def _act(operation_id: str, key: ApiKey, actor: str, now: datetime) -> Act:
    """How the audit log shows what was done on the command line."""
    return Act(
        at=now,
        team=key.team,
        actor=actor,
        key_id=None,
        client_address=None,
        method="CLI",
        path=f"/keys/{key.id}",
        operation_id=operation_id,
        inference_scheduler_name=None,
        request_id=None,
    )
