"""What a run of a replay reads and records."""

from datetime import datetime

from sqlalchemy import Connection, update

from service.engine.store.replays import UNFINISHED, Replay, change, get
from service.engine.store.tables import inference_replays as replays


def begin(connection: Connection, replay_id: str, total_windows: int, now: datetime) -> None:
    """The replay runs, over so many windows."""
    change(connection, replay_id, status="IN_PROGRESS", total_windows=total_windows, updated_at=now)


def unfinished(connection: Connection, replay_id: str) -> Replay | None:
    """The replay, unless it has ended or is gone."""
    replay = get(connection, replay_id)
    return replay if replay and replay.actual in UNFINISHED else None


def count_window(connection: Connection, replay_id: str, outcome: str, data_end_time: datetime, now: datetime) -> bool:
    """Count a window that is done; `outcome` is SUCCESS, FAILED or SKIPPED. A restart goes on behind it.

    Returns:
        Whether the replay is to go on; False when somebody asked for its end meanwhile.
    """
    column = {"SUCCESS": "succeeded_windows", "FAILED": "failed_windows", "SKIPPED": "skipped_windows"}[outcome]
    values = {column: replays.c[column] + 1, "done_through": data_end_time, "updated_at": now}
    counted = update(replays).where(replays.c.id == replay_id).values(values)
    return bool(connection.execute(counted.returning(replays.c.stop_wanted_at.is_(None))).scalar_one_or_none())


def end(connection: Connection, replay_id: str, status: str, reason: str | None, now: datetime) -> None:
    """The replay has ended: SUCCESS, FAILED or STOPPED."""
    change(connection, replay_id, status=status, failed_reason=reason, updated_at=now)
