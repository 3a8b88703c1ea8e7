"""Queries on the windows that an imported version brings along.

Inference data are not copied when they are scored: a retraining reads the input files of successful executions again.
So what an import of them hands over is where they lie.
"""

from sqlalchemy import ColumnElement, Connection, Exists, Table, delete, exists, insert, literal, or_, select, union_all

from service.engine.store.tables import imported_inputs as inputs
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import maintenance_windows as maintenance
from service.engine.store.tables import models

_WINDOW = ("data_start_time", "data_end_time", "data_input_configuration")


def has_accumulated(connection: Connection, model_id: str) -> bool:
    """Whether a model has inference data to be retrained with, its own or imported."""
    own = exists().where(*_succeeded(model_id))
    imported = exists().where(inputs.c.model_id == model_id)
    return bool(connection.execute(select(or_(own, imported))).scalar_one())


def copy_all(connection: Connection, *, source_id: str, target_id: str) -> None:
    """Hand a model's accumulated data, its own and what it imported itself, on to another model.

    Windows that touch maintenance of the source are left out, for maintenance stays with it.
    """
    own = select(literal(target_id), *(executions.c[name] for name in _WINDOW)).where(
        *_succeeded(source_id), ~_in_maintenance(source_id, executions, executions.c.scheduler_id)
    )
    imported = select(literal(target_id), *(inputs.c[name] for name in _WINDOW)).where(
        inputs.c.model_id == source_id, ~_in_maintenance(source_id, inputs)
    )
    united = union_all(own, imported).subquery()
    connection.execute(insert(inputs).from_select(["model_id", *_WINDOW], select(united)))


def forget(connection: Connection, model_id: str) -> None:
    """Remove what was imported."""
    connection.execute(delete(inputs).where(inputs.c.model_id == model_id))


def _succeeded(model_id: str) -> tuple[ColumnElement[bool], ...]:
    """Of the model's own executions: those that count."""
    return (
        schedulers.c.model_id == model_id,
        executions.c.scheduler_id == schedulers.c.id,
        executions.c.status == "SUCCESS",
        models.c.id == schedulers.c.model_id,
        or_(models.c.accumulated_since.is_(None), executions.c.created_at > models.c.accumulated_since),
    )


def _in_maintenance(model_id: str, windows: Table, scheduler_id: ColumnElement[str] | None = None) -> Exists:
    """Whether a window touches maintenance of the whole model, or of the scheduler that it is one of."""
    of_all = maintenance.c.scheduler_id.is_(None)
    return exists().where(
        maintenance.c.model_id == model_id,
        of_all if scheduler_id is None else or_(of_all, maintenance.c.scheduler_id == scheduler_id),
        maintenance.c.end_time > windows.c.data_start_time,
        maintenance.c.start_time <= windows.c.data_end_time,
    )
