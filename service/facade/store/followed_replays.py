"""Replays whose results are still to be collected."""

from sqlalchemy import Column, DateTime, Index, Table, Text, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.collecting import FollowedReplay
from service.facade.store.metadata import metadata

followed_replays = Table(
    "followed_replays",
    metadata,
    Column("replay_id", Text, primary_key=True),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("start_time", DateTime(timezone=True), nullable=False),
    Column("end_time", DateTime(timezone=True), nullable=False),
    Index("ix_followed_replays_name", "inference_scheduler_name"),
)


def follow(db: Db, replay: FollowedReplay) -> None:
    row = vars(replay)
    db.execute(insert(followed_replays).values(row).on_conflict_do_update(index_elements=["replay_id"], set_=row))


def of_scheduler(db: Db, scheduler_name: str) -> list[FollowedReplay]:
    query = select(followed_replays).where(followed_replays.c.inference_scheduler_name == scheduler_name)
    return [FollowedReplay(**row) for row in db.execute(query).mappings()]


def scheduler_names(db: Db) -> set[str]:
    """Schedulers that a replay may be writing results for."""
    return set(db.scalars(select(followed_replays.c.inference_scheduler_name).distinct()))


def forget(db: Db, replay_id: str) -> None:
    db.execute(followed_replays.delete().where(followed_replays.c.replay_id == replay_id))
