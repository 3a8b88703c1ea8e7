"""Which operation a request asks for."""

from botocore.model import OperationModel
from werkzeug.datastructures import Headers

from service.engine.protocol.faults import UnknownOperationException
from service.wire import TARGET_PREFIX, service_model


def find_operation(headers: Headers) -> OperationModel:
    """Read ``X-Amz-Target: AWSLookoutEquipmentFrontendService.<Operation>``.

    Raises:
        UnknownOperationException: no such header, or no such operation.
    """
    target = headers.get("X-Amz-Target", "")
    prefix, _, name = target.partition(".")
    if prefix == TARGET_PREFIX and name in service_model().operation_names:
        return service_model().operation_model(name)
    if not target:
        raise UnknownOperationException(f"The header X-Amz-Target is missing: send {TARGET_PREFIX}.<Operation>.")
    raise UnknownOperationException(f"There is no operation {target[:200]!r}.")
