"""Queries on accumulated inference data: where the input of successful executions lies, run by run.

Nothing is copied when a window is scored. A run is what follows on another without a hole: windows of one scheduler, of
one length, read by one configuration.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
)

from service.engine.store.schedulers import Scheduler
from service.engine.store.tables import imported_inputs as imported
from service.engine.store.tables import inference_executions as executions
from service.engine.store.tables import inference_schedulers as schedulers
from service.engine.store.tables import maintenance_windows as maintenance
from service.engine.store.tables import models


@dataclass(frozen=True, kw_only=True)
class InputRun:
    """Windows without a hole between them, from the start of the first to the end of the last.

    scheduler_id: whose executions they are; None for windows that were imported, or of a scheduler that was deleted.
    """

    scheduler_id: str | None
    data_start_time: datetime
    data_end_time: datetime
    window: timedelta
    data_input_configuration: dict[str, Any]


def runs(connection: Connection, model_id: str, start: datetime, end: datetime) -> list[InputRun]:
    """What of a model's windows succeeded between two instants, windows that reach over them included.

    The schedulers made first come first, windows of no scheduler last; each in the order of time.
    """
    windows = union_all(_own(model_id, start, end), _imported(model_id, start, end)).subquery()
    order = {"partition_by": windows.c.scheduler_id, "order_by": (windows.c.data_start_time, windows.c.data_end_time)}
    follows = and_(
        func.lag(windows.c.data_end_time).over(**order) == windows.c.data_start_time,
        func.lag(windows.c.window).over(**order) == windows.c.window,
        func.lag(windows.c.data_input_configuration).over(**order) == windows.c.data_input_configuration,
    )
    marked = select(windows, case((follows, 0), else_=1).label("begins")).subquery()
    order = {"partition_by": marked.c.scheduler_id, "order_by": (marked.c.data_start_time, marked.c.data_end_time)}
    numbered = select(marked, func.sum(marked.c.begins).over(**order).label("run")).subquery()
    same = (numbered.c.made, numbered.c.scheduler_id, numbered.c.run)
    key = (*same, numbered.c.window, numbered.c.data_input_configuration)
    first = func.min(numbered.c.data_start_time)
    query = select(
        numbered.c.scheduler_id,
        first.label("data_start_time"),
        func.max(numbered.c.data_end_time).label("data_end_time"),
        numbered.c.window,
        numbered.c.data_input_configuration,
    )
    rows = connection.execute(query.group_by(*key).order_by(numbered.c.made.nulls_last(), first))
    return [InputRun(**row._mapping) for row in rows]


def keep(connection: Connection, scheduler: Scheduler) -> None:
    """Keep where the input of a scheduler lies that is about to be deleted: its model may still be retrained with it.

    Windows that lie in maintenance of that scheduler are left out, for that goes with it.
    """
    masked = exists().where(
        maintenance.c.scheduler_id == scheduler.id,
        maintenance.c.end_time > executions.c.data_start_time,
        maintenance.c.start_time <= executions.c.data_end_time,
    )
    windows = (executions.c.data_start_time, executions.c.data_end_time, executions.c.data_input_configuration)
    since = select(models.c.accumulated_since).where(models.c.id == scheduler.model_id).scalar_subquery()
    kept = select(literal(scheduler.model_id), *windows).where(
        executions.c.scheduler_id == scheduler.id,
        executions.c.status == "SUCCESS",
        or_(since.is_(None), executions.c.created_at > since),
        ~masked,
    )
    names = ["model_id", *(column.name for column in windows)]
    connection.execute(insert(imported).from_select(names, kept.order_by(executions.c.data_start_time)))


def _own(model_id: str, start: datetime, end: datetime) -> Select:
    """Those of the model's schedulers, without what gave way to an import."""
    joined = executions.join(schedulers, executions.c.scheduler_id == schedulers.c.id).join(
        models, schedulers.c.model_id == models.c.id
    )
    since = models.c.accumulated_since
    return (
        select(executions.c.scheduler_id, schedulers.c.created_at.label("made"), *_window(executions))
        .select_from(joined)
        .where(
            models.c.id == model_id,
            executions.c.status == "SUCCESS",
            or_(since.is_(None), executions.c.created_at > since),
            *_touches(executions, start, end),
        )
    )


def _imported(model_id: str, start: datetime, end: datetime) -> Select:
    unknown = (literal(None, String).label("scheduler_id"), null().cast(schedulers.c.created_at.type).label("made"))
    return select(*unknown, *_window(imported)).where(imported.c.model_id == model_id, *_touches(imported, start, end))


def _window(table: Table) -> tuple:
    length = (table.c.data_end_time - table.c.data_start_time).label("window")
    return table.c.data_start_time, table.c.data_end_time, length, table.c.data_input_configuration


def _touches(table: Table, start: datetime, end: datetime) -> tuple:
    return table.c.data_end_time > start, table.c.data_start_time < end
