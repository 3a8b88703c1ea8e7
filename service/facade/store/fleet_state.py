"""How far behind everything is, for whoever scrapes: a few queries, each over an index or a bounded number of rows."""

from datetime import datetime, timedelta

from sqlalchemy import Connection as Db
from sqlalchemy import func, select, text

from service.facade.domain.fleet_state import FleetState, SchedulerState, Waiting
from service.facade.domain.watching import DELETED
from service.facade.store import heartbeats
from service.facade.store.collecting import followed_schedulers
from service.facade.store.watched_schedulers import watched_schedulers

_WATCHED, _FOLLOWED = watched_schedulers.c, followed_schedulers.c
_THERE = _WATCHED.status.is_distinct_from(DELETED)
_WAITING = text("""
SELECT 'upload', count(*), min(created_at) FROM uploads WHERE status IN ('queued', 'running')
UNION ALL SELECT 'operation', count(*), min(created_at) FROM operations WHERE status = 'running'
UNION ALL SELECT 'replay', count(*), min(created_at) FROM replays WHERE status IN ('queued', 'running', 'cancelling')
UNION ALL SELECT 'import', count(*), min(created_at) FROM imports WHERE status IN ('queued', 'running')
UNION ALL SELECT 'webhook_delivery', count(*), min(next_attempt_at) FROM webhook_deliveries
    WHERE next_attempt_at IS NOT NULL
""")
_DATABASE_BYTES = text("SELECT pg_database_size(current_database())")
_SHOWN = (
    _FOLLOWED.team, _FOLLOWED.inference_scheduler_name, _FOLLOWED.collected_through, _WATCHED.status,
    _WATCHED.status_since, _WATCHED.data_upload_frequency, _WATCHED.data_delay, _WATCHED.last_success_end_time,
)  # fmt: skip


def read(db: Db, now: datetime, most: int, missed_after: timedelta) -> FleetState:
    """
    Args:
        most: schedulers that are told of one by one: those that run, and had no result for longest, come first.
        missed_after: a worker that said nothing for so long is not alive.
    """
    return FleetState(
        schedulers=_most_behind(db, most),
        by_status=_by_status(db),
        waiting=tuple(Waiting(kind=row[0], rows=row[1], due_since=row[2]) for row in db.execute(_WAITING)),
        workers=heartbeats.alive_since(db, now - missed_after),
        database_bytes=db.execute(_DATABASE_BYTES).scalar_one(),
    )


def _most_behind(db: Db, most: int) -> tuple[SchedulerState, ...]:
    stopped = _WATCHED.status.is_distinct_from("RUNNING")
    last = func.coalesce(_WATCHED.last_success_end_time, _WATCHED.status_since)
    query = select(*_SHOWN).select_from(watched_schedulers.join(followed_schedulers)).where(_THERE)
    rows = db.execute(query.order_by(stopped, last, _WATCHED.scheduler_id).limit(most)).mappings()
    return tuple(SchedulerState(**row) for row in rows)


def _by_status(db: Db) -> dict[str, int]:
    query = select(_WATCHED.status, func.count()).where(_THERE).group_by(_WATCHED.status)
    return {status or "UNKNOWN": count for status, count in db.execute(query)}
