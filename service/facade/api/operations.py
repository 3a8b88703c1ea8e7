"""/v1/operations"""

from typing import Any

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.schemas.operations import OperationQuerySchema, OperationSchema
from service.facade.domain.operations import Operation
from service.facade.problems import DatabaseUnavailable, OperationNotFound
from service.facade.usecases import operations

blueprint = Blueprint(
    "operations", __name__, url_prefix="/v1/operations", description="Changes of a scheduler that take a while."
)


@blueprint.route("/<operation_id>", methods=["GET"], scope="read")
@blueprint.arguments(OperationQuerySchema, location="query")
@blueprint.response(200, OperationSchema)
@blueprint.problems(OperationNotFound, DatabaseUnavailable)
def describe_operation(query: dict[str, Any], operation_id: str) -> Operation:
    """See how far an operation has come

    With `wait`, the answer comes as soon as the operation has ended, or after that many seconds.
    """
    if query["wait"]:
        return operations.wait_for_operation(resources(), caller().team, operation_id, query["wait"])
    return operations.show_operation(resources(), caller().team, operation_id)
