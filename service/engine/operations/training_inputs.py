"""What CreateModel asks for beyond single members: rules between them."""

import re
from typing import Any

from service.engine.operations.intervals import check_order
from service.engine.operations.label_groups import require_label_group
from service.engine.operations.unit import Unit
from service.engine.protocol.faults import ValidationException
from service.engine.protocol.schemas import Schema, sensors

_OFF_CONDITION = re.compile(
    r"\s*(?P<component>[^\\<>]+)\\+(?P<sensor>[^\\<>]+?)\s*[<>]\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"
)


def check_ranges(params: dict[str, Any]) -> None:
    """No range, a training range, or a training and an evaluation range; each with both ends, start before end."""
    training, evaluation = (_has_range(params, kind) for kind in ("Training", "Evaluation"))
    if evaluation and not training:
        raise ValidationException(
            "An evaluation range needs a training range: give TrainingDataStartTime and …EndTime."
        )


def check_role(params: dict[str, Any]) -> None:
    """Labels and diagnostics in S3 are read and written with a role."""
    labels = params.get("LabelsInputConfiguration", {}).get("S3InputConfiguration")
    if (labels or "ModelDiagnosticsOutputConfiguration" in params) and "RoleArn" not in params:
        raise ValidationException("RoleArn is needed to reach labels or model diagnostics in S3.")


def check_labels(params: dict[str, Any], unit: Unit) -> None:
    """Labels come from a file in S3 or from a label group that is there, and stays there while a model names it.

    Raises:
        ValidationException: both or neither of them.
        ResourceNotFoundException: there is no such group.
    """
    if "LabelsInputConfiguration" not in params:
        return
    source = params["LabelsInputConfiguration"]
    if ("S3InputConfiguration" in source) == ("LabelGroupName" in source):
        raise ValidationException("LabelsInputConfiguration needs S3InputConfiguration or LabelGroupName, one of them.")
    if "LabelGroupName" in source:
        require_label_group(unit, source["LabelGroupName"], lock=True)


def check_off_condition(condition: str | None, schema: Schema) -> None:
    """One comparison, ``component\\sensor<value`` or ``>``, of a sensor that the model has."""
    if condition is None:
        return
    found = _OFF_CONDITION.fullmatch(condition)
    if not found:
        raise ValidationException(
            f"OffCondition '{condition}' must be one comparison: component\\sensor<number or component\\sensor>number."
        )
    if (found["component"], found["sensor"]) not in set(sensors(schema)):
        raise ValidationException(f"OffCondition '{condition}' names a sensor that the model does not have.")


def _has_range(params: dict[str, Any], kind: str) -> bool:
    start, end = params.get(f"{kind}DataStartTime"), params.get(f"{kind}DataEndTime")
    if (start is None) != (end is None):
        raise ValidationException(f"{kind}DataStartTime and {kind}DataEndTime go together: give both or none.")
    if start is not None:
        check_order(params, f"{kind}DataStartTime", f"{kind}DataEndTime")
    return start is not None
