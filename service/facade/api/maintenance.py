"""/v1/schedulers/{scheduler_name}/maintenance-windows and /v1/maintenance-windows"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.maintenance import (
    MaintenanceWindowListSchema,
    MaintenanceWindowSchema,
    NewMaintenanceWindowSchema,
)
from service.facade.domain.maintenance import MaintenanceWindow
from service.facade.problems import BadCursor, MaintenanceWindowNotFound, SchedulerNotFound
from service.facade.usecases import maintenance

blueprint = Blueprint("maintenance", __name__, url_prefix="/v1", description="Times in which nobody is alarmed.")
_PATH = "/schedulers/<scheduler_name>/maintenance-windows"
_EXAMPLE = {"start_time": "2026-03-02T06:00:00Z", "end_time": "2026-03-02T10:00:00Z", "note": "New bearings"}


@blueprint.route(_PATH, methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NewMaintenanceWindowSchema, example=_EXAMPLE)
@blueprint.response(201, MaintenanceWindowSchema)
@blueprint.problems(SchedulerNotFound)
def plan_maintenance(wanted: dict[str, Any], scheduler_name: str) -> MaintenanceWindow:
    """Plan a maintenance window

    What is found about the time in it is kept and shown, but webhooks and streams are not told. It counts for what is
    found from now on, also where the window has begun already.
    """
    of_request = {"window_id": client_token()[:32], "created_by": caller().actor}
    return maintenance.plan_maintenance(resources(), caller().team, scheduler_name, **of_request, **wanted)


@blueprint.route(_PATH, methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, MaintenanceWindowListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor)
def list_maintenance_windows(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the maintenance windows of a scheduler

    Those planned last come first, and past ones stay.
    """
    page = maintenance.list_maintenance(resources(), caller().team, scheduler_name, query["limit"], query.get("cursor"))
    following = next_address(page, maintenance.maintenance_query(scheduler_name))
    return {"maintenance_windows": page.items, "next": following}


@blueprint.route("/maintenance-windows/<window_id>", methods=["DELETE"], scope="operate")
@blueprint.response(204)
@blueprint.problems(MaintenanceWindowNotFound)
def remove_maintenance(window_id: str) -> None:
    """Remove a maintenance window

    What it has muted stays so.
    """
    maintenance.remove_maintenance(resources(), caller().team, window_id)
