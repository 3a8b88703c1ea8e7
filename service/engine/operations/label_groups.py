"""CreateLabelGroup, DescribeLabelGroup, UpdateLabelGroup, ListLabelGroups, DeleteLabelGroup."""

from typing import Any
from uuid import uuid4

from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.tags import set_tags
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import LABEL_GROUP
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from service.engine.store import label_groups, tags
from service.engine.store.label_groups import LabelGroup
from service.engine.store.locks import wait_for_turn


def create_label_group(call: Call, unit: Unit) -> dict[str, Any]:
    """Make a group without labels."""
    name, id = call.params["LabelGroupName"], str(uuid4())
    _check_room(unit, name)
    added = label_groups.add(
        unit.connection,
        unit.scope,
        id=id,
        name=name,
        fault_codes=_each_once(call.params.get("FaultCodes", [])),
        created_at=unit.now,
        updated_at=unit.now,
    )
    if not added:
        raise ConflictException(f"There is a label group {name!r} already.")
    arn = unit.arn(LABEL_GROUP, name, id)
    set_tags(arn, call.params.get("Tags", []), unit)
    return {"LabelGroupName": name, "LabelGroupArn": arn}


def describe_label_group(call: Call, unit: Unit) -> dict[str, Any]:
    """A group with its fault codes; the list is empty, not left out, where there are none."""
    group = require_label_group(unit, call.params["LabelGroupName"])
    return _summary(group, unit) | {"FaultCodes": group.fault_codes}


def update_label_group(call: Call, unit: Unit) -> None:
    """Replace the fault codes. Labels keep a code that is taken away; no new one can get it."""
    group = require_label_group(unit, call.params["LabelGroupName"], lock=True)
    codes = _each_once(call.params.get("FaultCodes", group.fault_codes))
    label_groups.change(unit.connection, group.id, fault_codes=codes, updated_at=unit.now)


def list_label_groups(call: Call, unit: Unit) -> dict[str, Any]:
    """Groups in the order of their names."""
    page = asked_page(call, str)
    rows = label_groups.page(
        unit.connection,
        unit.scope,
        name_begins_with=call.params.get("LabelGroupNameBeginsWith", ""),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page, rows, "LabelGroupSummaries", key=lambda row: [row.name], show=lambda row: _summary(row, unit)
    )


def delete_label_group(call: Call, unit: Unit) -> None:
    """Delete a group that no model uses, with its labels."""
    group = require_label_group(unit, call.params["LabelGroupName"], lock=True)
    user = label_groups.used_by(unit.connection, unit.scope, group.name)
    if user:
        raise ConflictException(
            f"The model {user!r} takes its labels from the label group {group.name!r}; delete it first, "
            "or give it other labels with UpdateModel."
        )
    tags.erase_all(unit.connection, unit.arn(LABEL_GROUP, group.name, group.id))
    label_groups.remove(unit.connection, group.id)


def require_label_group(unit: Unit, name: str, *, lock: bool = False) -> LabelGroup:
    """The label group of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    group = label_groups.find(unit.connection, unit.scope, name, lock=lock)
    if not group:
        raise ResourceNotFoundException("label group", name)
    return group


def _check_room(unit: Unit, name: str) -> None:
    wait_for_turn(unit.connection, f"label groups of {unit.scope}")
    if label_groups.find(unit.connection, unit.scope, name):
        return  # a name in use is a conflict, whatever the count
    if label_groups.count(unit.connection, unit.scope) >= unit.quotas.label_groups:
        raise ServiceQuotaExceededException(
            f"There are {unit.quotas.label_groups} label groups already; delete one first."
        )


def _each_once(codes: list[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _summary(group: LabelGroup, unit: Unit) -> dict[str, Any]:
    return {
        "LabelGroupName": group.name,
        "LabelGroupArn": unit.arn(LABEL_GROUP, group.name, group.id),
        "CreatedAt": group.created_at,
        "UpdatedAt": group.updated_at,
    }
