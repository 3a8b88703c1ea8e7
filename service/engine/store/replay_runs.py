"""What a run of a replay reads and records."""

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from service.engine.store.replays import UNFINISHED, Replay, change, get
from service.engine.store.tables import inference_replays as replays

_IS_UNFINISHED = replays.c.status.in_(UNFINISHED)


def begin(connection: Connection, replay_id: str, total_windows: int, now: datetime) -> None:
    """The replay runs, over so many windows."""
    change(connection, replay_id, status="IN_PROGRESS", total_windows=total_windows, updated_at=now)


def unfinished(connection: Connection, replay_id: str) -> Replay | None:
    """The replay, unless it has ended or is gone."""
    replay = get(connection, replay_id)
    return replay if replay and replay.actual in UNFINISHED else None


def count_window(connection: Connection, replay_id: str, outcome: str, data_end_time: datetime, now: datetime) -> bool:
    """Count a window that is done; `outcome` is SUCCESS, FAILED or SKIPPED. A restart goes on behind it.

    Windows come in the order of time. One that another worker has counted already, which overtook us, counts once.

    Returns:
        Whether the replay is to go on; False when somebody asked for its end meanwhile, or it has ended.
    """
    column = {"SUCCESS": "succeeded_windows", "FAILED": "failed_windows", "SKIPPED": "skipped_windows"}[outcome]
    values = {column: replays.c[column] + 1, "done_through": data_end_time, "updated_at": now}
    is_new = or_(replays.c.done_through.is_(None), replays.c.done_through < data_end_time)
    connection.execute(update(replays).where(replays.c.id == replay_id, is_new).values(values))
    goes_on = select(replays.c.stop_wanted_at.is_(None)).where(replays.c.id == replay_id, _IS_UNFINISHED)
    return bool(connection.execute(goes_on).scalar_one_or_none())


def end(connection: Connection, replay_id: str, status: str, reason: str | None, now: datetime) -> None:
    """The replay has ended: SUCCESS, FAILED or STOPPED."""
    change(connection, replay_id, status=status, failed_reason=reason, updated_at=now)
