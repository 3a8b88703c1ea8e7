"""What a run of one execution reads and records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, exists, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store import event_parts
from service.engine.store.event_parts import EventPart
from service.engine.store.executions import Execution
from service.engine.store.schedulers import Scheduler
from service.engine.store.tables import inference_events as parts
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import shadow_events


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """What a shadow version made of a window: an object in the engine's bucket and parts of events, or a reason."""

    version: int
    result_key: str | None = None
    failed_reason: str | None = None
    parts: Sequence[EventPart] = ()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a window ended: SUCCESS with a result object and the parts of events in it, or FAILED with a reason.

    data_quality and drift: figures of the input, by their names on the wire.
    """

    status: str
    model_version: int | None = None
    result_key: str | None = None
    failed_reason: str | None = None
    parts: Sequence[EventPart] = ()
    data_quality: dict[str, Any] | None = None
    drift: dict[str, Any] | None = None
    shadow: Shadow | None = None


def newest_of_its_scheduler(connection: Connection, execution_id: int) -> int | None:
    """The newest scheduled run that has not ended, of the scheduler that this execution belongs to."""
    scheduler_id = select(executions.c.scheduler_id).where(executions.c.id == execution_id).scalar_subquery()
    query = select(executions.c.id).where(
        executions.c.scheduler_id == scheduler_id, text("status = 'IN_PROGRESS'"), executions.c.replay_id.is_(None)
    )
    return connection.execute(query.order_by(executions.c.data_end_time.desc()).limit(1)).scalar_one_or_none()


def begin(connection: Connection, execution_id: int, now: datetime) -> Execution | None:
    """Count an attempt and return the execution; None when it has ended, a replay has it, or its scheduler is gone."""
    waits = (executions.c.status == "IN_PROGRESS", executions.c.replay_id.is_(None))
    counted = (
        update(executions)
        .where(executions.c.id == execution_id, *waits)
        .values(attempts=executions.c.attempts + 1, started_at=now)
    )
    row = connection.execute(counted.returning(executions)).first()
    return row and Execution(**row._mapping)


def record(connection: Connection, execution: Execution, outcome: Outcome, now: datetime) -> bool:
    """Write how the execution ended, its events, and the scheduler's latest result; whether it had not ended yet.

    Nothing is written when it has ended already: a worker that lost its lock with its connection may be overtaken.
    """
    ended = connection.execute(
        update(executions)
        .where(executions.c.id == execution.id, executions.c.status == "IN_PROGRESS")
        .values(
            status=outcome.status,
            failed_reason=outcome.failed_reason,
            result_key=outcome.result_key,
            model_version=outcome.model_version,
            data_quality=outcome.data_quality,
            drift=outcome.drift,
            **_shadow_columns(outcome.shadow),
            finished_at=now,
        )
    )
    if ended.rowcount:
        event_parts.replace_parts(connection, execution.scheduler_id, execution.id, outcome.parts)
        if outcome.shadow or execution.replay_id:
            apart = outcome.shadow.parts if outcome.shadow else ()
            event_parts.replace_parts(connection, execution.scheduler_id, execution.id, apart, table=shadow_events)
        _set_latest_result(connection, execution.scheduler_id)
    return bool(ended.rowcount)


def _shadow_columns(shadow: Shadow | None) -> dict[str, Any]:
    return {
        "shadow_version": shadow and shadow.version,
        "shadow_result_key": shadow and shadow.result_key,
        "shadow_failed_reason": shadow and shadow.failed_reason,
    }


def _set_latest_result(connection: Connection, scheduler_id: str) -> None:
    """The result of the newest window that succeeded; a replay may have taken away the one that was it.

    The scheduler is locked first, so that of two runs that end together the second sees what the first has written.
    """
    mine = schedulers.c.id == scheduler_id
    connection.execute(select(schedulers.c.id).where(mine).with_for_update(key_share=True))
    is_anomalous = exists().where(parts.c.execution_id == executions.c.id)
    newest = (
        select(case((is_anomalous, "ANOMALOUS"), else_="NORMAL"))
        .where(executions.c.scheduler_id == scheduler_id, executions.c.status == "SUCCESS")
        .order_by(executions.c.data_start_time.desc(), executions.c.data_end_time.desc())
        .limit(1)
    )
    connection.execute(update(schedulers).where(mine).values(latest_inference_result=newest.scalar_subquery()))


_OF_THE_OUTCOME = (
    "model_version", "shadow_result_key", "shadow_failed_reason", "data_quality", "drift", "finished_at",
)  # fmt: skip


def take_for_replay(
    connection: Connection,
    scheduler: Scheduler,
    replay_id: str,
    *,
    data_start_time: datetime,
    data_end_time: datetime,
    scheduled_start_time: datetime,
    keep_successes: bool,
    now: datetime,
) -> Execution | None:
    """The execution of a window, new or existing, given to the replay; with today's configuration of the scheduler.

    None when it is not the replay's to run: it succeeded and successes are kept, or a scheduled run has it.
    """
    values = {
        "data_input_configuration": scheduler.data_input_configuration,
        "data_output_configuration": scheduler.data_output_configuration,
        "anomaly_threshold": scheduler.anomaly_threshold,
        "shadow_version": scheduler.shadow_version,
        "status": "IN_PROGRESS",
        "replay_id": replay_id,
        "failed_reason": None,
        "result_key": None,
    }
    ended = executions.c.status.in_(("FAILED",) if keep_successes else ("FAILED", "SUCCESS"))
    ours = and_(executions.c.replay_id == replay_id, executions.c.status == "IN_PROGRESS")
    unknown = dict.fromkeys(_OF_THE_OUTCOME)
    again = {"attempts": case((ours, executions.c.attempts + 1), else_=1), **unknown}
    statement = insert(executions).values(
        scheduler_id=scheduler.id,
        data_start_time=data_start_time,
        data_end_time=data_end_time,
        scheduled_start_time=scheduled_start_time,
        created_at=now,
        attempts=1,
        **values,
    )
    window = ["scheduler_id", "data_start_time", "data_end_time"]
    taken = statement.on_conflict_do_update(index_elements=window, set_=values | again, where=or_(ended, ours))
    row = connection.execute(taken.returning(executions)).first()
    return row and Execution(**row._mapping)


def first_failure(connection: Connection, replay_id: str) -> str | None:
    """The FailedReason of the oldest window that the replay could not score."""
    failed = (executions.c.replay_id == replay_id, executions.c.status == "FAILED")
    query = select(executions.c.failed_reason).where(*failed).order_by(executions.c.data_start_time).limit(1)
    return connection.execute(query).scalar_one_or_none()


def fail_left_over(connection: Connection, replay_id: str, reason: str, now: datetime) -> None:
    """Fail the window that a killed worker had in hand when its replay was to stop."""
    left = select(executions).where(executions.c.replay_id == replay_id, executions.c.status == "IN_PROGRESS")
    for row in connection.execute(left).all():
        record(connection, Execution(**row._mapping), Outcome(status="FAILED", failed_reason=reason), now)
