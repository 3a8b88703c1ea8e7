"""What is known of the schedulers that are followed, so that each change is told of once."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Interval, Row, Table, Text, func, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.watching import DELETED, WatchedScheduler
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata
from service.facade.store.predictions import predictions

watched_schedulers = Table(
    "watched_schedulers",
    metadata,
    Column("scheduler_id", BigInteger, ForeignKey(followed_schedulers.c.id), primary_key=True),
    Column("watched_since", DateTime(timezone=True), nullable=False),
    Column("status", Text),
    Column("status_since", DateTime(timezone=True)),
    Column("data_upload_frequency", Interval),
    Column("data_delay", Interval),
    Column("last_success_end_time", DateTime(timezone=True)),
    Column("failing_through", DateTime(timezone=True)),
    Column("failing_quiet", Text),
    Column("stale_at", DateTime(timezone=True)),
    Column("stale_quiet", Text),
    Column("seen_record_number", BigInteger, nullable=False, server_default="0"),
)
_FOLLOWED = ("inference_scheduler_arn", "inference_scheduler_name", "team")
_WATCHED = select(watched_schedulers, *(followed_schedulers.c[name] for name in _FOLLOWED)).join(followed_schedulers)


def hold(db: Db, scheduler_id: int, now: datetime) -> WatchedScheduler:
    """A followed scheduler, watched from now on if it was not before; nobody else changes it until the end of this
    transaction."""
    new = {"scheduler_id": scheduler_id, "watched_since": now}
    db.execute(insert(watched_schedulers).values(new).on_conflict_do_nothing())
    mine = _WATCHED.where(watched_schedulers.c.scheduler_id == scheduler_id)
    return _watched(db.execute(mine.with_for_update(of=watched_schedulers)).one())


def save(db: Db, watched: WatchedScheduler) -> None:
    values = {name: value for name, value in vars(watched).items() if name not in (*_FOLLOWED, "scheduler_id")}
    db.execute(
        update(watched_schedulers).where(watched_schedulers.c.scheduler_id == watched.scheduler_id).values(values)
    )


def present(db: Db) -> dict[int, WatchedScheduler]:
    """Those that were not seen gone from the upstream, by id."""
    there = watched_schedulers.c.status.is_distinct_from(DELETED)
    return {row.scheduler_id: _watched(row) for row in db.execute(_WATCHED.where(there))}


def is_stale(db: Db, scheduler_id: int) -> bool:
    """Whether a scheduler was found stale, and has not recovered."""
    columns = watched_schedulers.c
    query = select(columns.stale_at).where(columns.scheduler_id == scheduler_id)
    return db.scalar(query) is not None


def with_news(db: Db) -> list[int]:
    """The ids of the schedulers that have predictions which are not told of."""
    newest = (
        select(func.max(predictions.c.record_number))
        .where(predictions.c.scheduler_id == followed_schedulers.c.id)
        .scalar_subquery()
    )
    seen = func.coalesce(watched_schedulers.c.seen_record_number, 0)
    query = select(followed_schedulers.c.id).join(watched_schedulers, isouter=True).where(newest > seen)
    return list(db.scalars(query))


def _watched(row: Row) -> WatchedScheduler:
    return WatchedScheduler(**row._mapping)
