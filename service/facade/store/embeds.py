"""Embeds, known by the hashes of their tokens, and the keys that sign these."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    select,
    update,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY

from service.facade.domain.embeds import Embed
from service.facade.domain.pages import Page
from service.facade.store.metadata import metadata
from service.facade.store.paging import newest_first

embeds = Table(
    "embeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("digest", Text, nullable=False),  # sha256 of the whole token, in hexadecimal digits
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("title", Text),
    Column("theme", Text, nullable=False),
    Column("span", Interval, nullable=False),
    Column("sensors", ARRAY(Text), nullable=False),
    Column("contributors", Integer, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Index("ix_embeds_scheduler_sequence", "inference_scheduler_name", "team", "sequence"),
    Index("ix_embeds_expires_at", "expires_at"),
)
embed_keys = Table(
    "embed_keys",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # sealed where there is a key for that
    Column("created_at", DateTime(timezone=True), nullable=False),
)
_SHOWN = [column for column in embeds.c if column.name not in ("sequence", "digest")]


def insert(db: Db, embed: Embed, digest: str) -> None:
    db.execute(embeds.insert().values(asdict(embed) | {"sensors": list(embed.sensors), "digest": digest}))


def find(db: Db, embed_id: str) -> tuple[Embed, str] | None:
    """An embed of whatever team, and the hash of its token."""
    row = db.execute(select(*_SHOWN, embeds.c.digest).where(embeds.c.id == embed_id)).one_or_none()
    return (_embed(row), row.digest) if row else None


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[Embed]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(embeds).where(embeds.c.inference_scheduler_name == scheduler_name, embeds.c.team == team)
    return newest_first(db, query, embeds.c.sequence, limit, before, _embed)


def revoke(db: Db, team: str, embed_id: str, now: datetime) -> bool:
    """Whether the team has this embed, which is revoked from now on unless it was before."""
    mine = (embeds.c.id == embed_id, embeds.c.team == team)
    db.execute(update(embeds).where(*mine, embeds.c.revoked_at.is_(None)).values(revoked_at=now))
    return db.execute(select(embeds.c.id).where(*mine)).one_or_none() is not None


def discard_ended_before(db: Db, moment: datetime) -> None:
    """Forget embeds of all teams that expired before `moment`."""
    db.execute(delete(embeds).where(embeds.c.expires_at < moment))


def signing_keys(db: Db) -> list[tuple[bytes, datetime]]:
    """Secrets, as they are kept, and since when; the oldest first."""
    query = select(embed_keys.c.secret, embed_keys.c.created_at).order_by(embed_keys.c.id)
    return [(bytes(row.secret), row.created_at) for row in db.execute(query)]


def add_signing_key(db: Db, secret: bytes, now: datetime) -> None:
    db.execute(embed_keys.insert().values(secret=secret, created_at=now))


def discard_signing_keys_before(db: Db, moment: datetime) -> None:
    db.execute(delete(embed_keys).where(embed_keys.c.created_at < moment))


def _embed(row: Row) -> Embed:
    members = {column.name: getattr(row, column.name) for column in _SHOWN}
    return Embed(**members | {"sensors": tuple(row.sensors)})
