"""Incidents that were told of, and the rows that may begin one."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    func,
    select,
    text,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.incidents import Incident
from service.facade.domain.quietness import ReplayedRange, Result
from service.facade.store.collecting import followed_schedulers
from service.facade.store.metadata import metadata
from service.facade.store.predictions import predictions
from service.facade.store.replays import replays

incidents = Table(
    "anomaly_incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scheduler_id", BigInteger, ForeignKey(followed_schedulers.c.id), nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Column("points", Integer, nullable=False),
    Column("peak_score", Float),
    Column("peak_time", DateTime(timezone=True)),
    Column("mean_score", Float),
    Column("muted_by", Text),
    Column("closed_at", DateTime(timezone=True)),
    Index("ix_anomaly_incidents_scheduler", "scheduler_id", "end_time"),
)
_IS_OPEN = incidents.c.closed_at.is_(None)
Index("ix_anomaly_incidents_open", incidents.c.scheduler_id, postgresql_where=_IS_OPEN)
# What was imported is history, and so is what is old, unless a replay that somebody asked for has scored it now.
_NEW_ANOMALIES = text("""
SELECT row.timestamp AS time, row.data_start_time, coalesce(result.collected_at, :now) AS read_at
FROM predictions AS row
LEFT JOIN collected_executions AS result USING (scheduler_id, data_start_time)
WHERE row.scheduler_id = :scheduler_id AND row.prediction = 1 AND result.source IS NULL
  AND row.record_number > :after AND row.record_number <= :through
  AND (row.timestamp > :since OR EXISTS (
        SELECT FROM replays AS replay JOIN followed_schedulers AS followed USING (team, inference_scheduler_name)
        WHERE followed.id = :scheduler_id AND replay.origin = 'request'
          AND row.timestamp > replay.start_time AND row.timestamp <= replay.end_time))
ORDER BY row.timestamp""")


def last_record_number(db: Db, scheduler_id: int) -> int:
    """The number of the prediction that was recorded last; 0 without any."""
    query = select(func.max(predictions.c.record_number)).where(predictions.c.scheduler_id == scheduler_id)
    return db.execute(query).scalar_one() or 0


def new_anomalies(db: Db, scheduler_id: int, after: int, through: int, since: datetime, now: datetime) -> list[Result]:
    """Anomalous rows by record number, the oldest first: those later than `since`, and those that a replay scored."""
    values = {"scheduler_id": scheduler_id, "after": after, "through": through, "since": since, "now": now}
    return [Result(**row) for row in db.execute(_NEW_ANOMALIES, values).mappings()]


def replayed_ranges(
    db: Db, team: str, scheduler_name: str, start: datetime, end: datetime
) -> tuple[ReplayedRange, ...]:
    """The replays that somebody asked for and that touch a range."""
    columns = replays.c
    mine = (columns.team == team) & (columns.inference_scheduler_name == scheduler_name)
    touching = (columns.origin == "request") & (columns.start_time <= end) & (columns.end_time >= start)
    shown = (columns.start_time, columns.end_time, columns.created_at.label("begun_at"), columns.notify)
    return tuple(ReplayedRange(**row) for row in db.execute(select(*shown).where(mine, touching)).mappings())


def unended(db: Db, scheduler_id: int) -> list[Incident]:
    return _those(db, (incidents.c.scheduler_id == scheduler_id) & _IS_OPEN)


def touching(db: Db, scheduler_id: int, start: datetime, end: datetime) -> list[Incident]:
    """Those that reach into a range, open or not, the oldest first."""
    there = (incidents.c.start_time <= end) & (incidents.c.end_time >= start)
    return _those(db, (incidents.c.scheduler_id == scheduler_id) & there)


def save(db: Db, scheduler_id: int, changed: Iterable[Incident]) -> None:
    rows = [asdict(incident) | {"scheduler_id": scheduler_id} for incident in changed]
    if rows:
        statement = insert(incidents)
        new = {name: statement.excluded[name] for name in incidents.c.keys() if name != "id"}  # noqa: SIM118
        db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new), rows)


def _those(db: Db, condition) -> list[Incident]:
    query = select(incidents).where(condition).order_by(incidents.c.start_time)
    return [_incident(row) for row in db.execute(query)]


def _incident(row: Row) -> Incident:
    return Incident(**{name: value for name, value in row._mapping.items() if name != "scheduler_id"})
