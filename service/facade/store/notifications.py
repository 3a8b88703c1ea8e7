"""The feed of notifications: webhooks and streams read it from where they were.

Places are given out in the order of commits, as record numbers of predictions are: a transaction that records holds a
lock from its first place to its end, so keep it short and record last.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Select,
    Table,
    Text,
    func,
    select,
    text,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import JSONB, insert

from service.facade.domain.notifications import Notification, Told
from service.facade.store.metadata import metadata

CHANNEL = "lookout_notifications"  # told with LISTEN/NOTIFY when the transaction commits

notifications = Table(
    "notifications",
    metadata,
    Column("sequence", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("incident", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Column("muted_by", Text),
    Index("ix_notifications_team", "team", "sequence"),
    Index("ix_notifications_recorded_at", "recorded_at"),
)
forgotten_notifications = Table(
    "forgotten_notifications",
    metadata,
    Column("team", Text, primary_key=True),
    Column("through", BigInteger, nullable=False),
)
_RECORDING = text("SELECT pg_advisory_xact_lock(hashtextextended('notifications', 0))")

_DISCARD = text("""
WITH forgotten AS (DELETE FROM notifications WHERE recorded_at < :moment RETURNING team, sequence)
INSERT INTO forgotten_notifications SELECT team, max(sequence) FROM forgotten GROUP BY team
ON CONFLICT (team) DO UPDATE SET through = greatest(forgotten_notifications.through, excluded.through)""")


def record(db: Db, told: Sequence[Notification], now: datetime) -> list[str]:
    """Put notifications into the feed; the types of those that were new. One of an incident that is there already
    changes nothing."""
    if not told:
        return []
    db.execute(_RECORDING)
    rows = [asdict(one) | {"recorded_at": now} for one in told]
    statement = insert(notifications).on_conflict_do_nothing(index_elements=["incident"])
    new = list(db.execute(statement.returning(notifications.c.type), rows).scalars())
    if new:
        db.execute(select(func.pg_notify(CHANNEL, "")))
    return new


def after(
    db: Db,
    team: str,
    sequence: int,
    limit: int,
    *,
    types: Collection[str] | None = None,
    scheduler_name: str | None = None,
    muted: bool = False,
) -> list[Told]:
    """The next notifications of a team after a place, in order; muted ones only where they are asked for."""
    query = _wanted(team, types, scheduler_name, muted).where(notifications.c.sequence > sequence)
    rows = db.execute(query.order_by(notifications.c.sequence).limit(limit)).mappings()
    return [Told(**row) for row in rows]


def before(
    db: Db,
    team: str,
    sequence: int | None,
    limit: int,
    *,
    types: Collection[str] | None = None,
    scheduler_name: str | None = None,
    muted: bool = False,
) -> list[Told]:
    """The last ones before a place, or of all, the newest first."""
    query = _wanted(team, types, scheduler_name, muted)
    if sequence is not None:
        query = query.where(notifications.c.sequence < sequence)
    rows = db.execute(query.order_by(notifications.c.sequence.desc()).limit(limit)).mappings()
    return [Told(**row) for row in rows]


def last_sequence(db: Db) -> int:
    """The place of the last notification of all teams, forgotten or not; 0 when there was none."""
    kept = select(func.max(notifications.c.sequence)).scalar_subquery()
    forgotten = select(func.max(forgotten_notifications.c.through)).scalar_subquery()
    return db.execute(select(func.coalesce(func.greatest(kept, forgotten), 0))).scalar_one()


def discard_before(db: Db, moment: datetime) -> None:
    """Forget what was recorded before `moment`, and remember up to where."""
    db.execute(_DISCARD, {"moment": moment})


def forgotten_through(db: Db, team: str) -> int:
    """The place of the last notification of a team that is forgotten; 0 when none is."""
    query = select(forgotten_notifications.c.through).where(forgotten_notifications.c.team == team)
    return db.execute(query).scalar_one_or_none() or 0


def _wanted(team: str, types: Collection[str] | None, scheduler_name: str | None, muted: bool) -> Select:
    columns = notifications.c
    query = select(notifications).where(columns.team == team)
    if types is not None:
        query = query.where(columns.type.in_(list(types)))
    if scheduler_name is not None:
        query = query.where(columns.inference_scheduler_name == scheduler_name)
    return query if muted else query.where(columns.muted_by.is_(None))
