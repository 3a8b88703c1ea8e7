"""CreateMaintenanceWindow, ListMaintenanceWindows, DeleteMaintenanceWindow: our own operations."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from service.engine.operations.intervals import check_order
from service.engine.operations.models import require_model
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ResourceNotFoundException, ValidationException
from service.engine.store import maintenance_windows
from service.engine.store.maintenance_windows import MaintenanceWindow


def create_maintenance_window(call: Call, unit: Unit) -> dict[str, Any]:
    """Mute a scheduler, or all schedulers of a model, for a time that may lie in the past as well."""
    check_order(call.params, "StartTime", "EndTime")
    model_id, scheduler_id = _meant(call, unit, lock=True)
    id = uuid4().hex
    maintenance_windows.add(
        unit.connection,
        id=id,
        model_id=model_id,
        scheduler_id=scheduler_id,
        start_time=call.params["StartTime"],
        end_time=call.params["EndTime"],
        notes=call.params.get("Notes"),
        created_at=unit.now,
    )
    return {"MaintenanceWindowId": id}


def list_maintenance_windows(call: Call, unit: Unit) -> dict[str, Any]:
    """Windows of a model, or all that mute a scheduler, newest first."""
    page = asked_page(call, datetime, str)
    model_id, scheduler_id = _meant(call, unit)
    rows = maintenance_windows.page(
        unit.connection,
        model_id,
        scheduler_id,
        interval_start=call.params.get("IntervalStartTime"),
        interval_end=call.params.get("IntervalEndTime"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(page, rows, "MaintenanceWindowSummaries", key=lambda row: [row.start_time, row.id], show=_summary)


def delete_maintenance_window(call: Call, unit: Unit) -> None:
    """Take a window back; what it has muted stays so until a replay."""
    window_id = call.params["MaintenanceWindowId"].lower()
    if not maintenance_windows.find(unit.connection, unit.scope, window_id):
        raise ResourceNotFoundException("maintenance window", window_id)
    maintenance_windows.remove(unit.connection, window_id)


def _meant(call: Call, unit: Unit, *, lock: bool = False) -> tuple[str, str | None]:
    """The ids of the model, and of the scheduler where one is named; whichever it is, `lock` keeps it there.

    Raises:
        ValidationException: the call names both or none of them.
    """
    scheduler_name, model_name = call.params.get("InferenceSchedulerName"), call.params.get("ModelName")
    if bool(scheduler_name) == bool(model_name):
        raise ValidationException("Name either InferenceSchedulerName or ModelName.")
    if scheduler_name:
        scheduler = require_scheduler(unit, scheduler_name, lock=lock)
        return scheduler.model_id, scheduler.id
    return require_model(unit, model_name, lock=lock).id, None


def _summary(window: MaintenanceWindow) -> dict[str, Any]:
    return {
        "MaintenanceWindowId": window.id,
        "ModelName": window.model_name,
        "InferenceSchedulerName": window.scheduler_name,
        "StartTime": window.start_time,
        "EndTime": window.end_time,
        "Notes": window.notes,
        "CreatedAt": window.created_at,
    }
