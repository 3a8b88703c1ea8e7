"""Maintenance windows of schedulers: what happens in one is kept, and shown, but not told aloud."""

from datetime import datetime
from typing import Any

from service.facade.domain.maintenance import MaintenanceWindow
from service.facade.domain.pages import Page
from service.facade.problems import MaintenanceWindowNotFound
from service.facade.resources import Resources
from service.facade.store import maintenance
from service.facade.usecases.kept_lists import list_kept
from service.facade.usecases.ownership import refuse_unknown
from service.facade.usecases.time_ranges import check_range


def plan_maintenance(
    resources: Resources,
    team: str,
    name: str,
    *,
    start_time: datetime,
    end_time: datetime,
    note: str | None,
    window_id: str,
    created_by: str,
) -> MaintenanceWindow:
    """Mute a scheduler for a time; the same id again is the same window.

    Raises:
        InvalidRequest, SchedulerNotFound
    """
    check_range(start_time, end_time)
    refuse_unknown(resources, name)
    window = MaintenanceWindow(
        id=window_id,
        team=team,
        inference_scheduler_name=name,
        start_time=start_time,
        end_time=end_time,
        note=note,
        created_by=created_by,
        created_at=resources.clock(),
    )
    with resources.database.begin() as db:
        maintenance.insert_once(db, window)
    return window


def list_maintenance(
    resources: Resources, team: str, name: str, limit: int, cursor: str | None
) -> Page[MaintenanceWindow]:
    """Newest first. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    return list_kept(resources, maintenance.page, team, name, limit, cursor, maintenance_query(name))


def maintenance_query(name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "maintenance-windows", "inference_scheduler_name": name}


def remove_maintenance(resources: Resources, team: str, window_id: str) -> None:
    """Forget a window: from now on it mutes nothing. What it has muted stays so.

    Raises:
        MaintenanceWindowNotFound
    """
    with resources.database.begin() as db:
        discarded = maintenance.discard(db, team, window_id)
    if not discarded:
        raise MaintenanceWindowNotFound(f"There is no maintenance window {window_id!r}.")
