"""API keys at rest: their hashes, and whom they belong to."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Row, Table, Text, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY

from service.facade.domain.keys import ApiKey
from service.facade.store.metadata import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),  # sha256 of the whole key, in hexadecimal digits
    Column("team", Text, nullable=False, index=True),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)
_SHOWN = [column for column in api_keys.c if column.name != "digest"]


def insert(db: Db, key: ApiKey, digest: str) -> None:
    db.execute(api_keys.insert().values(asdict(key) | {"scopes": list(key.scopes), "digest": digest}))


def find_by_digest(db: Db, digest: str) -> ApiKey | None:
    """The key with this hash. A key nobody issued and one that is wrong in a letter are the same: not there."""
    return _key(db.execute(select(*_SHOWN).where(api_keys.c.digest == digest)).one_or_none())


def list_keys(db: Db, team: str | None = None) -> list[ApiKey]:
    """The keys of a team, or of all; expired and revoked ones too, newest first."""
    query = select(*_SHOWN).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
    rows = db.execute(query if team is None else query.where(api_keys.c.team == team))
    return [key for row in rows if (key := _key(row))]


def revoke(db: Db, key_id: str, now: datetime) -> ApiKey | None:
    """The key, revoked at `now` unless it was before; None if there is none with this id."""
    mine = api_keys.c.id == key_id
    db.execute(update(api_keys).where(mine, api_keys.c.revoked_at.is_(None)).values(revoked_at=now))
    return _key(db.execute(select(*_SHOWN).where(mine)).one_or_none())


def record_use(db: Db, key_id: str, now: datetime, at_most_every: timedelta) -> None:
    """Note that a key is in use, unless another process has done so just before."""
    used = api_keys.c.last_used_at
    stale = used.is_(None) | (used <= now - at_most_every)
    db.execute(update(api_keys).where(api_keys.c.id == key_id, stale).values(last_used_at=now))


def _key(row: Row | None) -> ApiKey | None:
    return ApiKey(**{**row._mapping, "scopes": tuple(row.scopes)}) if row else None
