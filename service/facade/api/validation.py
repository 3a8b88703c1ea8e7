"""/v1/schedulers/{scheduler_name}/validate"""

from typing import Any

from service.facade.api.base import SCHEDULER_NAME, Blueprint, resources
from service.facade.api.schemas.validation import ValidateSchema, ValidationSchema
from service.facade.domain.validation import Validation
from service.facade.problems import SchedulerNotFound
from service.facade.usecases.validating import validate

blueprint = Blueprint(
    "validation", __name__, url_prefix="/v1/schedulers", description="Why a run would fail, before it does."
)


@blueprint.route("/<scheduler_name>/validate", methods=["POST"], scope="operate", parameters=[SCHEDULER_NAME])
@blueprint.arguments(ValidateSchema, required=False, example={"windows": 3})
@blueprint.response(200, ValidationSchema)
@blueprint.problems(SchedulerNotFound)
def validate_scheduler(wanted: dict[str, Any], scheduler_name: str) -> Validation:
    """Check what the runs of a scheduler need

    Looks at permissions, the model, and the input files of the last windows: whether they are there, what a misnamed
    one may have been meant for, their columns, times, numbers, sampling, gaps and sensors that stand still. Whatever is
    found, the answer is 200 with the list of checks. A probe object is written to the output prefix and deleted.
    """
    return validate(resources(), scheduler_name, **wanted)
