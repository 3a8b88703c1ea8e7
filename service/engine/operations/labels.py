"""CreateLabel, DescribeLabel, ListLabels, DeleteLabel. There is no UpdateLabel: delete one and create another."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from service.engine.operations.intervals import check_order
from service.engine.operations.label_groups import require_label_group
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import LABEL_GROUP
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ResourceNotFoundException,
    ServiceQuotaExceededException,
    ValidationException,
)
from service.engine.store import label_groups, labels
from service.engine.store.label_groups import LabelGroup
from service.engine.store.labels import Label

CODES_NAMED = 10  # in a message


def create_label(call: Call, unit: Unit) -> dict[str, Any]:
    """Put a label into a group. Labels may overlap, lie in the future and outside of any dataset."""
    check_order(call.params, "StartTime", "EndTime")
    group = require_label_group(unit, call.params["LabelGroupName"], lock=True)
    _check_fault_code(call.params.get("FaultCode"), group)
    if labels.count(unit.connection, group.id) >= unit.quotas.labels_per_group:
        raise ServiceQuotaExceededException(
            f"The label group {group.name!r} has {unit.quotas.labels_per_group} labels already; delete some, "
            "or make another group."
        )
    label_id = uuid4().hex
    labels.add(
        unit.connection,
        id=label_id,
        label_group_id=group.id,
        start_time=call.params["StartTime"],
        end_time=call.params["EndTime"],
        rating=call.params["Rating"],
        fault_code=call.params.get("FaultCode"),
        notes=call.params.get("Notes"),
        equipment=call.params.get("Equipment"),
        created_at=unit.now,
    )
    return {"LabelId": label_id}


def describe_label(call: Call, unit: Unit) -> dict[str, Any]:
    """A label with its notes."""
    group = require_label_group(unit, call.params["LabelGroupName"])
    label = labels.find(unit.connection, group.id, call.params["LabelId"].lower())
    if not label:
        raise _unknown(call, group)
    return _summary(label, group, unit) | {"Notes": label.notes}


def list_labels(call: Call, unit: Unit) -> dict[str, Any]:
    """Labels that touch the interval, latest start first. A group that does not exist has none."""
    if "IntervalStartTime" in call.params and "IntervalEndTime" in call.params:
        check_order(call.params, "IntervalStartTime", "IntervalEndTime")
    page = asked_page(call, datetime, str)
    group = label_groups.find(unit.connection, unit.scope, call.params["LabelGroupName"])
    if not group:
        return {"LabelSummaries": []}
    rows = labels.page(
        unit.connection,
        group.id,
        ends_at_or_after=call.params.get("IntervalStartTime"),
        starts_before=call.params.get("IntervalEndTime"),
        fault_code=call.params.get("FaultCode"),
        equipment=call.params.get("Equipment"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page,
        rows,
        "LabelSummaries",
        key=lambda row: [row.start_time, row.id],
        show=lambda row: _summary(row, group, unit),
    )


def delete_label(call: Call, unit: Unit) -> None:
    """Delete a label. Versions that were trained with it stay as they are; the next training is without it."""
    group = require_label_group(unit, call.params["LabelGroupName"])
    if not labels.remove(unit.connection, group.id, call.params["LabelId"].lower()):
        raise _unknown(call, group)


def _check_fault_code(code: str | None, group: LabelGroup) -> None:
    if code is not None and code not in group.fault_codes:
        known = ", ".join(repr(known) for known in group.fault_codes[:CODES_NAMED]) or "none"
        more = " and more" if len(group.fault_codes) > CODES_NAMED else ""
        raise ValidationException(
            f"The label group {group.name!r} has no fault code {code!r}; it has {known}{more}. "
            "UpdateLabelGroup can add one."
        )


def _unknown(call: Call, group: LabelGroup) -> ResourceNotFoundException:
    return ResourceNotFoundException(f"label in the group {group.name!r}", call.params["LabelId"])


def _summary(label: Label, group: LabelGroup, unit: Unit) -> dict[str, Any]:
    return {
        "LabelGroupName": group.name,
        "LabelGroupArn": unit.arn(LABEL_GROUP, group.name, group.id),
        "LabelId": label.id,
        "StartTime": label.start_time,
        "EndTime": label.end_time,
        "Rating": label.rating,
        "FaultCode": label.fault_code,
        "Equipment": label.equipment,
        "CreatedAt": label.created_at,
    }
