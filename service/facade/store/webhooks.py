"""Webhooks at rest: whom a team wants told, the secrets that sign, and how far in the feed each one is."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Row, Table, Text, func, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from service.facade.domain.pages import Page
from service.facade.domain.webhooks import KeptSecret, Webhook
from service.facade.store.metadata import metadata
from service.facade.store.notifications import notifications
from service.facade.store.paging import newest_first

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("types", ARRAY(Text)),
    Column("inference_scheduler_names", ARRAY(Text)),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    Column("failing_since", DateTime(timezone=True)),
    Column("secrets", JSONB, nullable=False),  # the one that holds first
    Column("seen_sequence", BigInteger, nullable=False),  # place in the feed
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_webhooks_team_sequence", "team", "sequence"),
)
_HIDDEN = ("sequence", "secrets", "seen_sequence")
_SHOWN = [column for column in webhooks.c if column.name not in _HIDDEN]


def lock_team(db: Db, team: str) -> None:
    """Until the transaction ends, nobody else counts this team's webhooks."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"webhooks:{team}", 0))))


def count(db: Db, team: str) -> int:
    return db.execute(select(func.count()).where(webhooks.c.team == team)).scalar_one()


def insert_once(db: Db, webhook: Webhook, secret: KeptSecret, seen_sequence: int) -> None:
    """A second webhook with the same id is the same webhook."""
    row = asdict(webhook) | {"secrets": [_json(secret)], "seen_sequence": seen_sequence}
    db.execute(insert(webhooks).values(row).on_conflict_do_nothing(index_elements=["id"]))


def find(db: Db, team: str, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """A webhook of a team; with `lock` nobody else changes it until the transaction ends."""
    query = select(*_SHOWN).where(webhooks.c.id == webhook_id, webhooks.c.team == team)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    return _webhook(row) if row else None


def get(db: Db, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """Whoever's it is; for a worker. Whoever changes deliveries, too, locks their webhook first."""
    query = select(*_SHOWN).where(webhooks.c.id == webhook_id)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    return _webhook(row) if row else None


def page(db: Db, team: str, limit: int, before: int | None) -> Page[Webhook]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(*_SHOWN, webhooks.c.sequence).where(webhooks.c.team == team)
    return newest_first(db, query, webhooks.c.sequence, limit, before, _webhook)


def change(db: Db, webhook_id: str, now: datetime, **values: Any) -> None:
    db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(values | {"updated_at": now}))


def discard(db: Db, team: str, webhook_id: str) -> bool:
    """Forget a webhook with its deliveries; whether there was one."""
    return db.execute(webhooks.delete().where(webhooks.c.id == webhook_id, webhooks.c.team == team)).rowcount == 1


def secrets(db: Db, webhook_id: str) -> tuple[KeptSecret, ...]:
    """All that are kept, the one that holds first; expired ones too."""
    listed = db.scalars(select(webhooks.c.secrets).where(webhooks.c.id == webhook_id)).one_or_none()
    return tuple(_secret(one) for one in listed or ())


def keep_secrets(db: Db, webhook_id: str, kept: Sequence[KeptSecret], now: datetime) -> None:
    change(db, webhook_id, now, secrets=[_json(one) for one in kept])


def note_failure(db: Db, webhook_id: str, since: datetime | None) -> None:
    """Since when calls have failed; None: the last one succeeded."""
    db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(failing_since=since))


def behind(db: Db) -> list[str]:
    """Ids of enabled webhooks whose team has notifications that they have not seen."""
    unseen = select(notifications.c.sequence).where(
        notifications.c.team == webhooks.c.team, notifications.c.sequence > webhooks.c.seen_sequence
    )
    return list(db.scalars(select(webhooks.c.id).where(webhooks.c.enabled, unseen.exists())))


def take_cursor(db: Db, webhook_id: str) -> tuple[Webhook, int] | None:
    """A webhook and its place in the feed, for whoever moves it on; None while another does, or it is not enabled."""
    mine = select(*_SHOWN, webhooks.c.seen_sequence).where(webhooks.c.id == webhook_id, webhooks.c.enabled)
    row = db.execute(mine.with_for_update(skip_locked=True)).one_or_none()
    return (_webhook(row), row.seen_sequence) if row else None


def move_cursor(db: Db, webhook_id: str, seen_sequence: int) -> None:
    db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(seen_sequence=seen_sequence))


def move_back(db: Db, webhook_id: str, place: int) -> None:
    """To this place in the feed, unless the webhook is before it."""
    seen = func.least(webhooks.c.seen_sequence, place)
    db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(seen_sequence=seen))


def _webhook(row: Row) -> Webhook:
    values = {name: value for name, value in row._mapping.items() if name not in _HIDDEN}
    for name in ("types", "inference_scheduler_names"):
        values[name] = None if values[name] is None else tuple(values[name])
    return Webhook(**values)


def _json(secret: KeptSecret) -> dict[str, Any]:
    until = secret.expires_at and secret.expires_at.isoformat()
    return {"kept": secret.kept, "expires_at": until}


def _secret(entry: dict[str, Any]) -> KeptSecret:
    until = entry["expires_at"] and datetime.fromisoformat(entry["expires_at"])
    return KeptSecret(kept=entry["kept"], expires_at=until)
