"""TagResource, UntagResource, ListTagsForResource; and the tags that other requests bring along."""

from collections.abc import Sequence
from typing import Any

from service.engine.operations.named_resources import require_resource
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ServiceQuotaExceededException
from service.engine.store import tags


def tag_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Set tags; a key that is there gets the new value."""
    arn = call.params["ResourceArn"]
    require_resource(unit, arn)
    set_tags(arn, call.params["Tags"], unit)
    return {}


def untag_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Remove tags; a key that is not there is no error."""
    arn = call.params["ResourceArn"]
    require_resource(unit, arn)
    tags.erase(unit.connection, arn, call.params["TagKeys"])
    return {}


def list_tags_for_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Every tag, in the order of the keys."""
    arn = call.params["ResourceArn"]
    require_resource(unit, arn)
    found = tags.read(unit.connection, arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}


def set_tags(arn: str, wanted: Sequence[dict[str, str]], unit: Unit) -> None:
    """Set the tags of a request on a resource that exists.

    Raises:
        ServiceQuotaExceededException: it would have more than 50.
    """
    values = {tag["Key"]: tag["Value"] for tag in wanted}
    together = len(tags.read(unit.connection, arn).keys() | values.keys())
    if together > unit.quotas.tags_per_resource:
        raise ServiceQuotaExceededException(
            f"{arn} would have {together} tags; at most {unit.quotas.tags_per_resource} are allowed."
        )
    tags.write(unit.connection, arn, values)
