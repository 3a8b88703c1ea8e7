"""From what an operation returns, or a fault, to the response."""

from datetime import datetime
from typing import Any

import orjson
from botocore.model import ListShape, OperationModel, Shape, StructureShape
from werkzeug import Response

from service.engine.protocol.faults import Fault

CONTENT_TYPE = "application/x-amz-json-1.0"
ERROR_NAMESPACE = "com.amazonaws.thorbrain"  # clients compare it
MESSAGE_MAX = 5000


def answer(operation: OperationModel, result: dict[str, Any] | None) -> Response:
    """The response of an operation that went well.

    Args:
        operation: says what may be in the answer. One without an output has an empty body.
        result: members by their wire names; those that are None are left out, times are aware datetimes.
    """
    if operation.output_shape is None:
        return Response(b"", content_type=CONTENT_TYPE)
    return Response(orjson.dumps(_written(operation.output_shape, result or {})), content_type=CONTENT_TYPE)


def refuse(fault: Fault) -> Response:
    """The response of a call that was refused."""
    body = {"__type": f"{ERROR_NAMESPACE}#{fault.code}", "Message": str(fault)[:MESSAGE_MAX]}
    return Response(orjson.dumps(body), status=fault.status, content_type=CONTENT_TYPE)


def epoch_seconds(moment: datetime) -> int | float:
    """A time as the service writes it: whole numbers on whole seconds, otherwise milliseconds."""
    seconds = round(moment.timestamp(), 3)
    return int(seconds) if seconds == int(seconds) else seconds


def _written(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape):
        return {name: _written(shape.members[name], item) for name, item in value.items() if item is not None}
    if isinstance(shape, ListShape):
        return [_written(shape.member, item) for item in value]
    return epoch_seconds(value) if shape.type_name == "timestamp" else value
