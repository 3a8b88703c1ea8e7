"""Queries on inference replays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from service.engine.store.scope import Scope
from service.engine.store.tables import inference_replays as replays
from service.engine.store.tables import inference_schedulers as schedulers

UNFINISHED = ("PENDING", "IN_PROGRESS")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Past windows of a scheduler, to be scored now."""

    id: str
    scheduler_id: str
    scheduler_name: str
    start_time: datetime
    end_time: datetime
    existing_results: str
    data_upload_frequency: str
    data_delay_offset_in_minutes: int
    stop_wanted_at: datetime | None
    actual: str
    total_windows: int
    succeeded_windows: int
    failed_windows: int
    skipped_windows: int
    done_through: datetime | None
    failed_reason: str | None
    nudged_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def status(self) -> str:
        """Status on the wire: work's own, or STOPPING while somebody wants the end of a replay that still runs."""
        return "STOPPING" if self.stop_wanted_at and self.actual in UNFINISHED else self.actual


_COLUMNS = [column.label("actual") if column is replays.c.status else column for column in replays.c]
_REPLAYS = select(*_COLUMNS, schedulers.c.name.label("scheduler_name")).join_from(replays, schedulers)


def add(connection: Connection, **values: Any) -> None:
    """Insert a replay."""
    connection.execute(insert(replays).values(**values))


def find(connection: Connection, scope: Scope, replay_id: str, *, lock: bool = False) -> Replay | None:
    """The replay of that id, if its scheduler is in the scope."""
    query = _REPLAYS.where(
        replays.c.id == replay_id,
        schedulers.c.account_id == scope.account_id,
        schedulers.c.region == scope.region,
    )
    row = connection.execute(query.with_for_update(of=replays) if lock else query).first()
    return row and Replay(**row._mapping)


def get(connection: Connection, replay_id: str) -> Replay | None:
    """The replay of that id, whoever's it is."""
    row = connection.execute(_REPLAYS.where(replays.c.id == replay_id)).first()
    return row and Replay(**row._mapping)


def unfinished_of(connection: Connection, scheduler_id: str) -> str | None:
    """The id of a replay of that scheduler that has not ended, if there is one."""
    query = select(replays.c.id).where(replays.c.scheduler_id == scheduler_id, replays.c.status.in_(UNFINISHED))
    return connection.execute(query.limit(1)).scalar_one_or_none()


def change(connection: Connection, replay_id: str, **values: Any) -> None:
    """Write columns of one replay and move its `updated_at`, to now unless a time is given."""
    connection.execute(update(replays).where(replays.c.id == replay_id).values({"updated_at": func.now(), **values}))
