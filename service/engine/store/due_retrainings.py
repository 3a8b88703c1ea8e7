"""What the tick reads and writes of retraining: schedulers on their way, and versions for dates that fell due."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store import datasets, model_versions, models
from service.engine.store.retraining_schedulers import RetrainingScheduler
from service.engine.store.tables import model_versions as versions
from service.engine.store.tables import models as model_rows
from service.engine.store.tables import retraining_schedulers as schedulers

_SCHEDULERS = select(schedulers, model_rows.c.name.label("model_name")).join(model_rows)


def waiting(connection: Connection, now: datetime) -> list[str]:
    """The models whose retraining scheduler has to change its state, or has a date that has come."""
    is_due = and_(schedulers.c.wanted == "RUNNING", schedulers.c.next_run_at <= now)
    query = select(schedulers.c.model_id).where(or_(schedulers.c.wanted != schedulers.c.actual, is_due))
    return list(connection.execute(query.order_by(schedulers.c.next_run_at)).scalars())


def take(connection: Connection, model_id: str) -> RetrainingScheduler | None:
    """The scheduler, kept from others until the transaction ends; None when it is gone or another tick has it."""
    query = _SCHEDULERS.where(schedulers.c.model_id == model_id)
    row = connection.execute(query.with_for_update(of=schedulers, skip_locked=True)).first()
    return row and RetrainingScheduler(**row._mapping)


def set_actual(connection: Connection, model_id: str, actual: str, now: datetime) -> None:
    """Record that the scheduler runs or has stopped."""
    connection.execute(update(schedulers).where(_of(model_id)).values(actual=actual, updated_at=now))


def set_next_run(connection: Connection, model_id: str, date: datetime) -> None:
    """Record that every date before this one has its version."""
    connection.execute(update(schedulers).where(_of(model_id)).values(next_run_at=date))


def add_version(
    connection: Connection, scheduler: RetrainingScheduler, date: datetime, lookback: timedelta, now: datetime
) -> int | None:
    """The number of a new version for that date; None when the date has one already.

    It learns from what there is of the lookback window before the date, and is evaluated on the same range. The dataset
    is locked, so that the copy which is its content now is kept for it; then the model, as operations do.
    """
    dataset = datasets.get(connection, models.get(connection, scheduler.model_id).dataset_id, lock=True)
    model = models.get(connection, scheduler.model_id, lock=True)
    ranges = {f"{kind}_data_start_time": date - lookback for kind in ("training", "evaluation")}
    ranges |= {f"{kind}_data_end_time": date for kind in ("training", "evaluation")}
    columns = model_versions.made_from(model) | ranges
    statement = insert(versions).values(
        model_id=model.id,
        version=model_versions.next_number(connection, model.id),
        status="IN_PROGRESS",
        source_type="RETRAINING",
        ingestion_job_id=dataset.current_job_id,
        scheduled_for=date,
        promote_mode=scheduler.promote_mode,
        created_at=now,
        updated_at=now,
        nudged_at=now,
        **columns,
    )
    return connection.execute(statement.on_conflict_do_nothing().returning(versions.c.version)).scalar_one_or_none()


def cancel_unbegun(connection: Connection, model_id: str, now: datetime, **why: str) -> None:
    """Give up retrainings that no worker has begun."""
    unbegun = update(versions).where(*_unfinished(model_id), versions.c.training_started_at.is_(None))
    connection.execute(unbegun.values(status="CANCELED", updated_at=now, **why))


def is_under_way(connection: Connection, model_id: str) -> bool:
    """Whether a retraining of the model has not ended."""
    return bool(connection.execute(select(exists().where(*_unfinished(model_id)))).scalar_one())


def _unfinished(model_id: str) -> tuple:
    return versions.c.model_id == model_id, versions.c.source_type == "RETRAINING", versions.c.status == "IN_PROGRESS"


def _of(model_id: str) -> ColumnElement[bool]:
    return schedulers.c.model_id == model_id
