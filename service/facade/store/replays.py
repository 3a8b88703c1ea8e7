"""Replays: what was asked for, and what the upstream said of it last. The upstream does the work."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    false,
    select,
    update,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.correlation import current_request_id
from service.facade.domain.pages import Page
from service.facade.domain.replays import UNFINISHED, Replay, ReplayState
from service.facade.store.metadata import metadata
from service.facade.store.paging import newest_first

replays = Table(
    "replays",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sequence", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("existing_results", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("upstream_replay_id", Text, unique=True),  # null until the upstream has answered
    Column("status", Text, nullable=False),
    Column("total_windows", Integer),
    Column("succeeded_windows", Integer),
    Column("failed_windows", Integer),
    Column("skipped_windows", Integer),
    Column("failed_reason", Text),
    Column("notify", Boolean, nullable=False, server_default=false()),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text),
    Index("ix_replays_scheduler_sequence", "inference_scheduler_name", "team", "sequence"),
)
_UNFINISHED = replays.c.status.in_(UNFINISHED)
Index("ix_replays_unfinished", replays.c.sequence, postgresql_where=_UNFINISHED)
_STATE = tuple(ReplayState.__dataclass_fields__)


def insert_once(db: Db, replay: Replay) -> None:
    """A second replay with the same id is the same replay. A new one keeps the id of the request."""
    row = asdict(replay) | {"request_id": current_request_id()}
    row |= row.pop("state")
    del row["warning"]
    db.execute(insert(replays).values(row).on_conflict_do_nothing(index_elements=["id"]))


def find(db: Db, team: str, replay_id: str) -> Replay | None:
    return _one(db, (replays.c.id == replay_id) & (replays.c.team == team))


def get(db: Db, replay_id: str) -> Replay | None:
    """Whoever's it is; for a worker."""
    return _one(db, replays.c.id == replay_id)


def page(db: Db, team: str, scheduler_name: str, limit: int, before: int | None) -> Page[Replay]:
    """Newest first, from the one before the sequence number `before` on."""
    query = select(replays).where(replays.c.inference_scheduler_name == scheduler_name, replays.c.team == team)
    return newest_first(db, query, replays.c.sequence, limit, before, _replay)


def unfinished(db: Db) -> list[Replay]:
    """All that have not ended, the oldest first."""
    return [_replay(row) for row in db.execute(select(replays).where(_UNFINISHED).order_by(replays.c.sequence))]


def unfinished_of(db: Db, scheduler_name: str) -> list[Replay]:
    """Those of one scheduler."""
    query = select(replays).where(replays.c.inference_scheduler_name == scheduler_name, _UNFINISHED)
    return [_replay(row) for row in db.execute(query)]


def record_start(db: Db, replay_id: str, upstream_replay_id: str) -> None:
    """The upstream knows the replay now, by this id."""
    values = {"upstream_replay_id": upstream_replay_id}
    db.execute(update(replays).where(replays.c.id == replay_id).values(values))


def record_state(db: Db, replay_id: str, state: ReplayState, now: datetime) -> bool:
    """What the upstream said of an unfinished replay; whether it was one. What has ended never changes again."""
    mine = update(replays).where(replays.c.id == replay_id, _UNFINISHED)
    return bool(db.execute(mine.values(asdict(state) | {"updated_at": now})).rowcount)


def discard(db: Db, replay_id: str) -> None:
    """Forget a replay that the upstream never began."""
    db.execute(replays.delete().where(replays.c.id == replay_id, replays.c.upstream_replay_id.is_(None)))


def _one(db: Db, condition: ColumnElement[bool]) -> Replay | None:
    row = db.execute(select(replays).where(condition)).one_or_none()
    return _replay(row) if row else None


def _replay(row: Row) -> Replay:
    values: dict[str, Any] = {name: value for name, value in row._mapping.items() if name != "sequence"}
    state = ReplayState(**{name: values.pop(name) for name in _STATE})
    return Replay(**values, state=state)
