"""Windows that were scored again because their data came late; each once."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, DateTime, ForeignKey, Index, Table, Text, select
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import insert

from service.facade.domain.healing import HealedWindow, LateWindow
from service.facade.domain.replays import Replay
from service.facade.store.metadata import metadata
from service.facade.store.replays import replays

healed_windows = Table(
    "healed_windows",
    metadata,
    Column("inference_scheduler_arn", Text, primary_key=True),
    Column("data_start_time", DateTime(timezone=True), primary_key=True),
    Column("data_end_time", DateTime(timezone=True), primary_key=True),
    Column("team", Text, nullable=False),
    Column("inference_scheduler_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("replay_id", ForeignKey(replays.c.id, ondelete="CASCADE"), nullable=False),
    Index("ix_healed_windows_name", "inference_scheduler_name", "team", "data_start_time"),
    Index("ix_healed_windows_replay", "replay_id"),
)
_WINDOW = (healed_windows.c.data_start_time, healed_windows.c.data_end_time)


def insert_windows(db: Db, arn: str, replay: Replay, windows: Iterable[LateWindow]) -> None:
    """These windows are healed by this replay, and by no other."""
    rows = [
        {
            "inference_scheduler_arn": arn,
            "data_start_time": late.window.data_start_time,
            "data_end_time": late.window.data_end_time,
            "team": replay.team,
            "inference_scheduler_name": replay.inference_scheduler_name,
            "reason": late.reason,
            "replay_id": replay.id,
        }
        for late in windows
    ]
    db.execute(insert(healed_windows), rows)


def healed_since(db: Db, arn: str, since: datetime) -> set[tuple[datetime, datetime]]:
    """(data_start_time, data_end_time] of the windows after `since` that were healed already."""
    mine = healed_windows.c.inference_scheduler_arn == arn
    query = select(*_WINDOW).where(mine, healed_windows.c.data_start_time >= since)
    return {(row.data_start_time, row.data_end_time) for row in db.execute(query)}


def healed_between(db: Db, team: str, name: str, first: datetime, last: datetime) -> list[HealedWindow]:
    """The healed windows of a scheduler that begin from `first` to `last`."""
    columns = healed_windows.c
    query = (
        select(*_WINDOW, columns.reason, columns.replay_id, replays.c.status, replays.c.created_at.label("at"))
        .join(replays)
        .where(
            columns.inference_scheduler_name == name,
            columns.team == team,
            columns.data_start_time.between(first, last),
        )
    )
    return [HealedWindow(**row._mapping) for row in db.execute(query)]
