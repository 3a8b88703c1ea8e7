"""/v1/schedulers/{scheduler_name}/next-runs"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, resources
from service.facade.api.schemas.next_runs import NextRunsQuerySchema, NextRunsSchema
from service.facade.problems import SchedulerNotFound
from service.facade.usecases import next_runs

blueprint = Blueprint("next_runs", __name__, url_prefix="/v1/schedulers", description="What a scheduler will do next.")


@blueprint.route("/<scheduler_name>/next-runs", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(NextRunsQuerySchema, location="query")
@blueprint.response(200, NextRunsSchema)
@blueprint.problems(SchedulerNotFound)
def list_next_runs(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List the coming runs of a scheduler

    When it wakes, which window it then scores, and the exact names of the files it looks for, each with a template to
    fill in. Times in file names are on the clock of `input_time_zone_offset`, times in rows always in UTC.
    """
    found = next_runs.next_runs(resources(), scheduler_name, query["count"])
    return {
        "inference_scheduler_name": found.scheduler.inference_scheduler_name,
        "status": found.scheduler.status,
        "note": found.note,
        "next_runs": found.runs,
    }
