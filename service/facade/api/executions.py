"""/v1/schedulers/{scheduler_name}/executions"""

from collections.abc import Mapping
from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.executions import ExecutionListSchema, ExecutionQuerySchema
from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.healing import HealedWindow
from service.facade.domain.window_files import Window
from service.facade.problems import BadCursor, SchedulerNotFound
from service.facade.usecases import executions
from service.facade.usecases.healing import healed_of

blueprint = Blueprint("executions", __name__, url_prefix="/v1/schedulers", description="The runs of a scheduler.")


@blueprint.route("/<scheduler_name>/executions", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(ExecutionQuerySchema, location="query")
@blueprint.response(200, ExecutionListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor)
def list_executions(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the runs of a scheduler

    Newest first. `failure_code` says in a word why a run failed, `failed_reason` in the engine's own sentence. A window
    that lacked data which came later is scored again, once: `healed` says so.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = ExecutionFilter(**query)
    page = executions.list_executions(resources(), scheduler_name, wanted, limit, cursor)
    healed = healed_of(resources(), caller().team, scheduler_name, page.items)
    items = [_shown(execution, healed) for execution in page.items]
    return {"executions": items, "next": next_address(page, executions.execution_query(scheduler_name, wanted))}


def _shown(execution: InferenceExecution, healed: Mapping[Window, HealedWindow]) -> dict[str, Any]:
    bucket_and_key = execution.customer_result_object
    result = bucket_and_key and dict(zip(("bucket", "key"), bucket_and_key, strict=True))
    return {
        **vars(execution),
        "failure_code": execution.failure_code,
        "customer_result_object": result,
        "healed": healed.get(Window(execution.data_start_time, execution.data_end_time)),
    }
