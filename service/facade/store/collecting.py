"""What collecting remembers: the schedulers it follows, and the result objects it has read."""

from collections.abc import Iterable
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
    Table,
    Text,
    select,
    update,
)
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.collecting import CollectedResult, FollowedScheduler
from service.facade.store.metadata import metadata

followed_schedulers = Table(
    "followed_schedulers",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("inference_scheduler_arn", Text, nullable=False, unique=True),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("collected_through", DateTime(timezone=True)),
    Column("collected_at", DateTime(timezone=True)),
    Column("swept_at", DateTime(timezone=True)),
    Index("ix_followed_schedulers_name", "inference_scheduler_name"),
)
collected_executions = Table(
    "collected_executions",
    metadata,
    Column("scheduler_id", ForeignKey(followed_schedulers.c.id), primary_key=True),
    Column("data_start_time", DateTime(timezone=True), primary_key=True),
    Column("etag", Text, nullable=False),
    Column("fault", Text),
    Column("collected_at", DateTime(timezone=True), nullable=False),
    Column("source", Text),  # where it was imported from; null: the result of an execution
)


def follow(db: Db, arn: str, name: str, team: str) -> FollowedScheduler:
    """The scheduler with this ARN, followed from now on if it was not before; it belongs to `team` from now on."""
    query = select(followed_schedulers).where(followed_schedulers.c.inference_scheduler_arn == arn)
    found = db.execute(query).mappings().one_or_none()
    if found is None:
        _adopt(db, arn, name, team)
        row = {"inference_scheduler_arn": arn, "inference_scheduler_name": name, "team": team}
        db.execute(insert(followed_schedulers).values(row).on_conflict_do_nothing())
        found = db.execute(query).mappings().one()
    if found["team"] != team:
        db.execute(update(followed_schedulers).where(followed_schedulers.c.id == found["id"]).values(team=team))
    return FollowedScheduler(**dict(found) | {"team": team})


def follow_history(db: Db, team: str, name: str) -> FollowedScheduler:
    """The scheduler of a team that had this name last, or a place for its history where there never was one. The first
    scheduler that is followed under this name takes that place over."""
    found = find_followed(db, team, name)
    return found or follow(db, _arn_of_history(team, name), name, team)


def find_followed(db: Db, team: str, name: str) -> FollowedScheduler | None:
    """The scheduler of a team that had this name last, whether it still exists or not."""
    return _last(db, (followed_schedulers.c.inference_scheduler_name == name) & (followed_schedulers.c.team == team))


def find_followed_by_anyone(db: Db, name: str) -> FollowedScheduler | None:
    """The scheduler that had this name last, whosever it was."""
    return _last(db, followed_schedulers.c.inference_scheduler_name == name)


def teams_of(db: Db, arns: Iterable[str]) -> dict[str, str]:
    """The team of each of these schedulers that is followed."""
    columns = followed_schedulers.c
    query = select(columns.inference_scheduler_arn, columns.team).where(columns.inference_scheduler_arn.in_(list(arns)))
    return {row.inference_scheduler_arn: row.team for row in db.execute(query)}


def followed_among(db: Db, arns: Iterable[str]) -> dict[str, FollowedScheduler]:
    """Those of these schedulers that are followed, by ARN."""
    query = select(followed_schedulers).where(followed_schedulers.c.inference_scheduler_arn.in_(list(arns)))
    return {row["inference_scheduler_arn"]: FollowedScheduler(**row) for row in db.execute(query).mappings()}


def refreshed(db: Db, followed: FollowedScheduler) -> FollowedScheduler:
    """The same as it is now."""
    query = select(followed_schedulers).where(followed_schedulers.c.id == followed.id)
    return FollowedScheduler(**db.execute(query).mappings().one())


def record_pass(db: Db, scheduler_id: int, through: datetime | None, now: datetime, swept: bool) -> None:
    """A pass over the executions of a scheduler is complete."""
    values: dict[str, Any] = {"collected_at": now}
    values |= {"collected_through": through} if through else {}
    values |= {"swept_at": now} if swept else {}
    db.execute(update(followed_schedulers).where(followed_schedulers.c.id == scheduler_id).values(values))


def unsettle(db: Db, name: str) -> None:
    """Have the next reader ask the upstream in any case: the name may soon be another scheduler's."""
    rows = followed_schedulers.c.inference_scheduler_name == name
    db.execute(update(followed_schedulers).where(rows).values(collected_at=None))


def known_etags(db: Db, scheduler_id: int, starts: Iterable[datetime]) -> dict[datetime, str]:
    """The ETag that the result object of each of these windows had when it was collected. What was imported does not
    count: an execution says more."""
    columns = collected_executions.c
    query = select(columns.data_start_time, columns.etag).where(
        columns.scheduler_id == scheduler_id, columns.data_start_time.in_(list(starts)), columns.source.is_(None)
    )
    return {row.data_start_time: row.etag for row in db.execute(query)}


def record_results(db: Db, scheduler_id: int, results: Iterable[CollectedResult], now: datetime) -> None:
    """These result objects are read."""
    statement = insert(collected_executions)
    changed = {name: statement.excluded[name] for name in ("etag", "fault", "source", "collected_at")}
    statement = statement.on_conflict_do_update(constraint=collected_executions.primary_key, set_=changed)
    rows = [{"scheduler_id": scheduler_id, "collected_at": now, **asdict(result)} for result in results]
    if rows:
        db.execute(statement, rows)


def _adopt(db: Db, arn: str, name: str, team: str) -> None:
    """Let a new scheduler have the history that was imported under its name before."""
    imported = followed_schedulers.c.inference_scheduler_arn == _arn_of_history(team, name)
    db.execute(update(followed_schedulers).where(imported).values(inference_scheduler_arn=arn))


def _arn_of_history(team: str, name: str) -> str:
    return f"imported:{team}/{name}"


def _last(db: Db, condition: ColumnElement[bool]) -> FollowedScheduler | None:
    query = select(followed_schedulers).where(condition).order_by(followed_schedulers.c.id.desc()).limit(1)
    row = db.execute(query).mappings().one_or_none()
    return FollowedScheduler(**row) if row else None
