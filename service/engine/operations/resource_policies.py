"""PutResourcePolicy, DescribeResourcePolicy, DeleteResourcePolicy: who may import what is ours."""

from typing import Any
from uuid import uuid4

from service.engine.operations.named_resources import require_resource
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET, MODEL
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ResourceNotFoundException, ValidationException
from service.engine.protocol.policies import check_resources, read_policy
from service.engine.store import resource_policies
from service.engine.store.locks import wait_for_turn
from service.engine.store.resource_policies import ResourcePolicy


def put_resource_policy(call: Call, unit: Unit) -> dict[str, Any]:
    """Attach a policy; with a revision, only in the place of that one."""
    arn = _require_shareable(unit, call.params["ResourceArn"])
    check_resources(read_policy(call.params["ResourcePolicy"]), arn)
    wait_for_turn(unit.connection, f"resource policy of {arn}")
    _check_revision(call.params.get("PolicyRevisionId"), resource_policies.find(unit.connection, arn))
    revision_id = uuid4().hex
    resource_policies.put(
        unit.connection, arn, policy=call.params["ResourcePolicy"], revision_id=revision_id, now=unit.now
    )
    return {"ResourceArn": arn, "PolicyRevisionId": revision_id}


def describe_resource_policy(call: Call, unit: Unit) -> dict[str, Any]:
    """The policy as it was sent."""
    arn = _require_shareable(unit, call.params["ResourceArn"])
    found = resource_policies.find(unit.connection, arn)
    if not found:
        raise ResourceNotFoundException("resource policy of", arn)
    return {
        "PolicyRevisionId": found.revision_id,
        "ResourcePolicy": found.policy,
        "CreationTime": found.created_at,
        "LastModifiedTime": found.updated_at,
    }


def delete_resource_policy(call: Call, unit: Unit) -> None:
    """Take the policy away. What others have imported stays theirs."""
    arn = _require_shareable(unit, call.params["ResourceArn"])
    if not resource_policies.erase(unit.connection, arn):
        raise ResourceNotFoundException("resource policy of", arn)


def _require_shareable(unit: Unit, arn: str) -> str:
    if require_resource(unit, arn).kind not in (DATASET, MODEL):
        raise ValidationException(f"{arn} cannot have a resource policy: datasets, models and model versions can.")
    return arn


def _check_revision(wanted: str | None, found: ResourcePolicy | None) -> None:
    if wanted is None or (found and found.revision_id == wanted.lower()):
        return
    has = f"it is at revision {found.revision_id}" if found else "there is none"
    raise ConflictException(f"The resource policy is not at revision {wanted}: {has}. Describe it and try again.")
