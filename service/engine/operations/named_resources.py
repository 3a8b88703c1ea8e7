"""Resources that a request names by their ARN."""

from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET, INFERENCE_SCHEDULER, LABEL_GROUP, MODEL, ResourceName, parse_arn
from service.engine.protocol.faults import ResourceNotFoundException
from service.engine.store import datasets, label_groups, model_versions, models, schedulers
from service.engine.store.scope import Scope

_STORES = {DATASET: datasets, MODEL: models, INFERENCE_SCHEDULER: schedulers, LABEL_GROUP: label_groups}


def require_resource(unit: Unit, arn: str) -> ResourceName:
    """The ARN taken apart, of a resource that there is.

    Raises:
        ResourceNotFoundException: there is none, or it is of another account or region.
        ValidationException: not an ARN of this service.
    """
    name = parse_arn(arn)
    if scope_of(name) != unit.scope or _find_id(name, unit) != name.id:
        raise ResourceNotFoundException("resource", arn)
    return name


def scope_of(name: ResourceName) -> Scope:
    """Whose the resource is, by its ARN."""
    return Scope(name.account_id, name.region)


def _find_id(name: ResourceName, unit: Unit) -> str | None:
    """The UUID of the resource that has this kind and name now; another one had an ARN of its own."""
    store = _STORES.get(name.kind)
    found = store and store.find(unit.connection, unit.scope, name.name)
    if not found or name.version is None:
        return found and found.id
    is_there = name.kind == MODEL and model_versions.get(unit.connection, found.id, name.version)
    return found.id if is_there else None
