"""What the tick reads and writes: schedulers whose time has come, and executions for windows that fell due.

All of it in batches, found by an index: a round costs what is due, however many schedulers there are. Any number of
ticks share the work, for each takes rows that no other has.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.scheduling.windows import Window
from service.engine.store.schedulers import Scheduler
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import models

_SCHEDULERS = select(schedulers, models.c.name.label("model_name")).join(models)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one look at a scheduler changes. `next_wake_at` is when to look again, None when it is at rest."""

    actual: str
    next_wake_at: datetime | None
    windows: Mapping[Window, datetime]
    """New windows, oldest first, each with its wake-up."""


def take_due(connection: Connection, now: datetime, limit: int) -> list[Scheduler]:
    """Schedulers to be looked at by now, the most overdue first, kept from other ticks until the transaction ends.

    Those that somebody else has hold of are left out: another tick sees to them, or the next round does.
    """
    query = _SCHEDULERS.where(schedulers.c.next_wake_at <= now).order_by(schedulers.c.next_wake_at).limit(limit)
    rows = connection.execute(query.with_for_update(of=schedulers, key_share=True, skip_locked=True))
    return [Scheduler(**row._mapping) for row in rows]


def in_flight(connection: Connection, scheduler_ids: Collection[str]) -> set[str]:
    """Those of the schedulers that have scheduled runs which have not ended. Replays do not count: they outlive a
    stop."""
    unfinished = (executions.c.status == "IN_PROGRESS", executions.c.replay_id.is_(None))
    query = select(executions.c.scheduler_id).where(executions.c.scheduler_id.in_(scheduler_ids), *unfinished)
    return set(connection.execute(query.distinct()).scalars()) if scheduler_ids else set()


def record(connection: Connection, steps: Sequence[tuple[Scheduler, Step]], now: datetime) -> None:
    """Write the state of schedulers that were looked at."""
    changes = [
        {
            "this": scheduler.id,
            "actual": step.actual,
            "next_wake_at": step.next_wake_at,
            "scheduled_through": max((w.data_end_time for w in step.windows), default=scheduler.scheduled_through),
            "updated_at": scheduler.updated_at if step.actual == scheduler.actual else now,
        }
        for scheduler, step in steps
    ]
    written = {name: bindparam(name) for name in changes[0] if name != "this"} if changes else {}
    if changes:
        connection.execute(update(schedulers).where(schedulers.c.id == bindparam("this")).values(written), changes)


def add_executions(connection: Connection, steps: Sequence[tuple[Scheduler, Step]], now: datetime) -> list[int]:
    """The ids of new executions, with the configuration as it is now, the newest windows first.

    A window that has an execution already gets none.
    """
    rows = [
        _execution(scheduler, window, wakes_at, now)
        for scheduler, step in steps
        for window, wakes_at in step.windows.items()
    ]
    if not rows:
        return []
    statement = insert(executions).on_conflict_do_nothing().returning(executions.c.data_end_time, executions.c.id)
    added = sorted(connection.execute(statement, rows).all(), key=lambda row: (-row.data_end_time.timestamp(), row.id))
    return [row.id for row in added]


def _execution(scheduler: Scheduler, window: Window, wakes_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "scheduler_id": scheduler.id,
        "data_start_time": window.data_start_time,
        "data_end_time": window.data_end_time,
        "scheduled_start_time": wakes_at,
        "data_input_configuration": scheduler.data_input_configuration,
        "data_output_configuration": scheduler.data_output_configuration,
        "anomaly_threshold": scheduler.anomaly_threshold,
        "shadow_version": scheduler.shadow_version,
        "status": "IN_PROGRESS",
        "created_at": now,
        "nudged_at": now,
    }
