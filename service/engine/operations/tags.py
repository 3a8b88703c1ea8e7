"""TagResource, UntagResource, ListTagsForResource; and the tags that other requests bring along."""

from collections.abc import Sequence
from typing import Any

from service.engine.operations import quotas
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET, INFERENCE_SCHEDULER, LABEL_GROUP, MODEL, ResourceName, parse_arn
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ResourceNotFoundException, ServiceQuotaExceededException
from service.engine.store import datasets, label_groups, model_versions, models, schedulers, tags
from service.engine.store.scope import Scope

_STORES = {DATASET: datasets, MODEL: models, INFERENCE_SCHEDULER: schedulers, LABEL_GROUP: label_groups}


def tag_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Set tags; a key that is there gets the new value."""
    arn = call.params["ResourceArn"]
    _require_resource(arn, unit)
    set_tags(arn, call.params["Tags"], unit)
    return {}


def untag_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Remove tags; a key that is not there is no error."""
    arn = call.params["ResourceArn"]
    _require_resource(arn, unit)
    tags.erase(unit.connection, arn, call.params["TagKeys"])
    return {}


def list_tags_for_resource(call: Call, unit: Unit) -> dict[str, Any]:
    """Every tag, in the order of the keys."""
    arn = call.params["ResourceArn"]
    _require_resource(arn, unit)
    found = tags.read(unit.connection, arn)
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.items()]}


def set_tags(arn: str, wanted: Sequence[dict[str, str]], unit: Unit) -> None:
    """Set the tags of a request on a resource that exists.

    Raises:
        ServiceQuotaExceededException: it would have more than 50.
    """
    values = {tag["Key"]: tag["Value"] for tag in wanted}
    together = len(tags.read(unit.connection, arn).keys() | values.keys())
    if together > quotas.TAGS:
        raise ServiceQuotaExceededException(f"{arn} would have {together} tags; at most {quotas.TAGS} are allowed.")
    tags.write(unit.connection, arn, values)


def _require_resource(arn: str, unit: Unit) -> None:
    name = parse_arn(arn)
    if Scope(name.account_id, name.region) != unit.scope or _find_id(name, unit) != name.id:
        raise ResourceNotFoundException("resource", arn)


def _find_id(name: ResourceName, unit: Unit) -> str | None:
    """The UUID of the resource that has this kind and name now; another one had an ARN of its own."""
    store = _STORES.get(name.kind)
    found = store and store.find(unit.connection, unit.scope, name.name)
    if not found or name.version is None:
        return found and found.id
    is_there = name.kind == MODEL and model_versions.get(unit.connection, found.id, name.version)
    return found.id if is_there else None
