"""/v1/operations"""

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.schemas.operations import OperationSchema
from service.facade.domain.operations import UNFINISHED, Operation
from service.facade.problems import DatabaseUnavailable, OperationNotFound
from service.facade.usecases import operations

blueprint = Blueprint(
    "operations", __name__, url_prefix="/v1/operations", description="Changes of a scheduler that take a while."
)


@blueprint.route("/<operation_id>", methods=["GET"], scope="read", unfinished=UNFINISHED)
@blueprint.response(200, OperationSchema)
@blueprint.problems(OperationNotFound, DatabaseUnavailable)
def describe_operation(operation_id: str) -> Operation:
    """See how far an operation has come"""
    return operations.show_operation(resources(), caller().team, operation_id)
