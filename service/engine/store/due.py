"""What the tick reads and writes: schedulers on their way, and executions for windows that fell due."""

from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.schedulers import Scheduler
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import models

_SCHEDULERS = select(schedulers, models.c.name.label("model_name")).join(models)


def active_schedulers(connection: Connection) -> list[Scheduler]:
    """Every scheduler that runs, is to run, or is to stop."""
    active = or_(schedulers.c.wanted == "RUNNING", schedulers.c.actual == "RUNNING")
    rows = connection.execute(_SCHEDULERS.where(active).order_by(schedulers.c.id))
    return [Scheduler(**row._mapping) for row in rows]


def take(connection: Connection, scheduler_id: str) -> Scheduler | None:
    """The scheduler, kept from others until the transaction ends; None when it is gone or another tick has it."""
    query = _SCHEDULERS.where(schedulers.c.id == scheduler_id)
    row = connection.execute(query.with_for_update(of=schedulers, skip_locked=True)).first()
    return row and Scheduler(**row._mapping)


def set_actual(connection: Connection, scheduler_id: str, actual: str) -> None:
    """Record that the scheduler runs or has stopped."""
    statement = update(schedulers).where(schedulers.c.id == scheduler_id)
    connection.execute(statement.values(actual=actual, updated_at=func.now()))


def set_scheduled_through(connection: Connection, scheduler_id: str, moment: datetime) -> None:
    """Record that every window which ends up to that moment has its execution."""
    connection.execute(update(schedulers).where(schedulers.c.id == scheduler_id).values(scheduled_through=moment))


def is_in_flight(connection: Connection, scheduler_id: str) -> bool:
    """Whether a scheduled run of this scheduler has not ended. Replays do not count: they outlive a stop."""
    unfinished = exists().where(
        executions.c.scheduler_id == scheduler_id,
        executions.c.status == "IN_PROGRESS",
        executions.c.replay_id.is_(None),
    )
    return bool(connection.execute(select(unfinished)).scalar_one())


def add_execution(
    connection: Connection,
    scheduler: Scheduler,
    *,
    data_start_time: datetime,
    data_end_time: datetime,
    scheduled_start_time: datetime,
    now: datetime,
) -> int | None:
    """The id of a new execution, with the configuration as it is now; None when the window has one already."""
    statement = insert(executions).values(
        scheduler_id=scheduler.id,
        data_start_time=data_start_time,
        data_end_time=data_end_time,
        scheduled_start_time=scheduled_start_time,
        data_input_configuration=scheduler.data_input_configuration,
        data_output_configuration=scheduler.data_output_configuration,
        status="IN_PROGRESS",
        created_at=now,
        nudged_at=now,
    )
    return connection.execute(statement.on_conflict_do_nothing().returning(executions.c.id)).scalar_one_or_none()
