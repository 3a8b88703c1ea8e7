"""Deliveries at rest: what is to be sent to whom, when it is due, and what came of each attempt."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    case,
    func,
    select,
    update,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.facade.domain.deliveries import WAITING, Attempt, Delivery
from service.facade.domain.pages import Page
from service.facade.domain.webhooks import Webhook
from service.facade.store.metadata import metadata
from service.facade.store.notifications import notifications
from service.facade.store.paging import newest_first
from service.facade.store.webhooks import webhooks

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False),  # an index of its own would mislead planners
    Column("webhook_id", Text, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("team", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", JSONB, nullable=False),  # the last ones
    Column("attempt_count", Integer, nullable=False),
    Column("failures", Integer, nullable=False),  # since it was last begun
    Column("next_attempt_at", DateTime(timezone=True)),  # null when it has ended
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("webhook_id", "message_id", name="uq_webhook_deliveries_message"),
    Index("ix_webhook_deliveries_webhook", "webhook_id", "sequence"),
    Index("ix_webhook_deliveries_created_at", "created_at"),
)
_COLUMNS = webhook_deliveries.c
_WAITING = _COLUMNS.next_attempt_at.is_not(None)
Index("ix_webhook_deliveries_due", _COLUMNS.next_attempt_at, postgresql_where=_WAITING)
Index("ix_webhook_deliveries_waiting", _COLUMNS.webhook_id, _COLUMNS.sequence, postgresql_where=_WAITING)
_SHOWN = [column for column in _COLUMNS if column.name != "sequence"]


def insert_new(db: Db, deliveries: Iterable[Delivery]) -> int:
    """How many were new; a webhook has one delivery of a message."""
    rows = [asdict(one) | {"attempts": []} for one in deliveries]
    if not rows:
        return 0
    statement = insert(webhook_deliveries).on_conflict_do_nothing().returning(_COLUMNS.id)
    return len(db.execute(statement, rows).all())


def find(db: Db, team: str, delivery_id: str) -> Delivery | None:
    return _one(db, (_COLUMNS.id == delivery_id) & (_COLUMNS.team == team))


def lock(db: Db, delivery_id: str) -> Delivery | None:
    """Whoever's it is, for a worker; nobody else changes it until the transaction ends."""
    return _one(db, _COLUMNS.id == delivery_id, lock=True)


def page(
    db: Db, team: str, webhook_id: str, limit: int, before: int | None, status: str | None = None
) -> Page[Delivery]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(*_SHOWN, _COLUMNS.sequence).where(_COLUMNS.webhook_id == webhook_id, _COLUMNS.team == team)
    if status is not None:
        query = query.where(_COLUMNS.status == status)
    return newest_first(db, query, _COLUMNS.sequence, limit, before, _delivery)


def due(
    db: Db, now: datetime, busy: Collection[str] = (), busy_teams: Collection[str] = (), *, limit: int
) -> list[tuple[str, str]]:
    """Ids and teams of webhooks for which something is due, but for those that are busy. The one that waits longest
    comes first; those whose last call failed come after all others, by lot, or they would have every place.

    Tests are made for those that are not enabled, too: so one finds out whether they may be.
    """
    failing = webhooks.c.failing_since.is_not(None)
    query = (
        select(webhooks.c.id, webhooks.c.team)
        .join(webhook_deliveries, webhooks.c.id == _COLUMNS.webhook_id)
        .where(_COLUMNS.next_attempt_at <= now, _may_be_sent())
        .where(webhooks.c.id.not_in(list(busy)), webhooks.c.team.not_in(list(busy_teams)))
        .group_by(webhooks.c.id)
        .order_by(failing, case((~failing, func.min(_COLUMNS.next_attempt_at))), func.random())
        .limit(limit)
    )
    return [(row.id, row.team) for row in db.execute(query)]


def next_due(db: Db, webhook_id: str, now: datetime) -> Delivery | None:
    """The oldest delivery of a webhook that is due."""
    query = (
        select(*_SHOWN)
        .join(webhooks, webhooks.c.id == _COLUMNS.webhook_id)
        .where(_COLUMNS.webhook_id == webhook_id, _COLUMNS.next_attempt_at <= now, _may_be_sent())
        .order_by(_COLUMNS.sequence)
        .limit(1)
    )
    row = db.execute(query).one_or_none()
    return _delivery(row) if row else None


def record(db: Db, delivery: Delivery) -> None:
    """What an attempt has made of a delivery."""
    names = ("status", "attempt_count", "failures", "next_attempt_at", "updated_at")
    values: dict[str, Any] = {name: getattr(delivery, name) for name in names}
    values["attempts"] = [_json(one) for one in delivery.attempts]
    db.execute(update(webhook_deliveries).where(_COLUMNS.id == delivery.id).values(values))


def cancel_waiting(db: Db, webhook_id: str, now: datetime) -> None:
    """Nothing of a webhook is waiting any more."""
    mine = update(webhook_deliveries).where(_COLUMNS.webhook_id == webhook_id, _WAITING)
    db.execute(mine.values(status="cancelled", next_attempt_at=None, updated_at=now))


def begin_again(db: Db, delivery_id: str, now: datetime) -> None:
    """The delivery is due now, and all attempts of the schedule are before it."""
    db.execute(update(webhook_deliveries).where(_COLUMNS.id == delivery_id).values(_begun(now)))


def begin_failed_again(db: Db, webhook_id: str, since: datetime, now: datetime) -> int:
    """Have everything delivered that was not taken, of what was to be sent since a moment; how many that are."""
    lost = _COLUMNS.status.in_(("failed", "cancelled")) & (_COLUMNS.origin == "notification")
    mine = update(webhook_deliveries).where(_COLUMNS.webhook_id == webhook_id, lost, _COLUMNS.created_at >= since)
    return db.execute(mine.values(_begun(now))).rowcount


def never_sent(db: Db, webhook: Webhook, since: datetime) -> tuple[int, int]:
    """How many notifications a webhook wants, recorded since a moment, of which it has no delivery; and the place of
    the first, 0 where there are none."""
    columns = notifications.c
    has_one = select(_COLUMNS.id).where(_COLUMNS.webhook_id == webhook.id, _COLUMNS.message_id == columns.id).exists()
    query = select(func.count(), func.coalesce(func.min(columns.sequence), 0)).where(
        columns.team == webhook.team, columns.recorded_at >= since, columns.muted_by.is_(None), ~has_one
    )
    if webhook.types is not None:
        query = query.where(columns.type.in_(webhook.types))
    if webhook.inference_scheduler_names is not None:
        query = query.where(columns.inference_scheduler_name.in_(webhook.inference_scheduler_names))
    count, first = db.execute(query).one()
    return count, first


def discard_before(db: Db, moment: datetime) -> None:
    """Forget what has ended and was begun before `moment`."""
    db.execute(webhook_deliveries.delete().where(_COLUMNS.created_at < moment, ~_WAITING))


def _may_be_sent() -> ColumnElement[bool]:
    return webhooks.c.enabled | (_COLUMNS.origin == "test")


def _begun(now: datetime) -> dict[str, Any]:
    return {"status": WAITING[0], "failures": 0, "next_attempt_at": now, "updated_at": now}


def _one(db: Db, condition: ColumnElement[bool], *, lock: bool = False) -> Delivery | None:
    query = select(*_SHOWN).where(condition)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    return _delivery(row) if row else None


def _delivery(row: Row) -> Delivery:
    values = {name: value for name, value in row._mapping.items() if name != "sequence"}
    return Delivery(**values | {"attempts": tuple(_attempt(one) for one in row.attempts)})


def _json(attempt: Attempt) -> dict[str, Any]:
    return asdict(attempt) | {"attempted_at": attempt.attempted_at.isoformat()}


def _attempt(entry: dict[str, Any]) -> Attempt:
    return Attempt(**entry | {"attempted_at": datetime.fromisoformat(entry["attempted_at"])})
