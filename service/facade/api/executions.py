"""/v1/schedulers/{scheduler_name}/executions"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.executions import ExecutionListSchema, ExecutionQuerySchema
from service.facade.domain.executions import ExecutionFilter
from service.facade.problems import BadCursor, SchedulerNotFound
from service.facade.usecases import executions

blueprint = Blueprint("executions", __name__, url_prefix="/v1/schedulers", description="The runs of a scheduler.")


@blueprint.route("/<scheduler_name>/executions", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(ExecutionQuerySchema, location="query")
@blueprint.response(200, ExecutionListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor)
def list_executions(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the runs of a scheduler

    Newest first. `failure_code` says in a word why a run failed, `failed_reason` in the engine's own sentence.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor", None)
    wanted = ExecutionFilter(**query)
    page = executions.list_executions(resources(), scheduler_name, wanted, limit, cursor)
    items = [_with_object(execution) for execution in page.items]
    return {"executions": items, "next": next_address(page, executions.execution_query(scheduler_name, wanted))}


def _with_object(execution: Any) -> dict[str, Any]:
    bucket_and_key = execution.customer_result_object
    result = bucket_and_key and dict(zip(("bucket", "key"), bucket_and_key, strict=True))
    return {**vars(execution), "failure_code": execution.failure_code, "customer_result_object": result}
