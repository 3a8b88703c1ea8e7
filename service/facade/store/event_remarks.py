"""What people say of events: acknowledgements and feedback, each with the interval that the event had then."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import Connection as Db

from service.facade.domain.events import Kind, Remark
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata

event_remarks = Table(
    "event_remarks",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("scheduler_id", ForeignKey(followed_schedulers.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("verdict", Text),
    Column("fault_code", Text),
    Column("note", Text),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_event_remarks_start", "scheduler_id", "kind", "start_time"),
)
_REMARK = [column for column in event_remarks.c if column.name not in ("id", "scheduler_id")]


def lock(db: Db, scheduler_id: int) -> None:
    """Until the transaction ends nobody else says anything of this scheduler's events."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"remarks:{scheduler_id}", 0))))


def put(db: Db, scheduler_id: int, remark: Remark) -> None:
    """Say it of the interval, instead of what was said of parts of it before."""
    inside = (event_remarks.c.start_time >= remark.start_time) & (event_remarks.c.end_time <= remark.end_time)
    db.execute(delete(event_remarks).where(*_of(scheduler_id, remark.kind), inside))
    db.execute(insert(event_remarks).values(scheduler_id=scheduler_id, **asdict(remark)))


def remove(db: Db, scheduler_id: int, kind: Kind, start: datetime, end: datetime) -> None:
    """Take back everything of this kind that overlaps the interval."""
    db.execute(delete(event_remarks).where(*_of(scheduler_id, kind), _overlaps(start, end)))


def overlapping(db: Db, scheduler_id: int, start: datetime, end: datetime) -> list[Remark]:
    """All that was said of this interval, the oldest first."""
    mine = event_remarks.c.scheduler_id == scheduler_id
    query = select(*_REMARK).where(mine, _overlaps(start, end)).order_by(event_remarks.c.at, event_remarks.c.id)
    return [Remark(**row) for row in db.execute(query).mappings()]


def page(
    db: Db, scheduler_id: int, kind: Kind, verdict: str | None, limit: int, before: int | None
) -> list[tuple[int, Remark]]:
    """The newest first, with their numbers; `before` is the number where the page before ended."""
    narrower = [] if before is None else [event_remarks.c.id < before]
    narrower += [] if verdict is None else [event_remarks.c.verdict == verdict]
    query = select(event_remarks.c.id, *_REMARK).where(*_of(scheduler_id, kind), *narrower)
    rows = db.execute(query.order_by(event_remarks.c.id.desc()).limit(limit)).mappings()
    return [(row["id"], Remark(**{name: value for name, value in row.items() if name != "id"})) for row in rows]


def _of(scheduler_id: int, kind: Kind) -> list[ColumnElement[bool]]:
    return [event_remarks.c.scheduler_id == scheduler_id, event_remarks.c.kind == kind]


def _overlaps(start: datetime, end: datetime) -> ColumnElement[bool]:
    return (event_remarks.c.start_time <= end) & (event_remarks.c.end_time >= start)
