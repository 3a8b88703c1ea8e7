"""UpdateModel: what later versions will be made from."""

from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.training_inputs import check_labels, check_role
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException
from service.engine.store import models
from service.engine.store.models import Model

UNDER_WAY = ("IN_PROGRESS", "IMPORT_IN_PROGRESS")


def update_model(call: Call, unit: Unit) -> None:
    """Change labels, role or diagnostics output of the versions to come; those that are there stay as they are.

    What is left out keeps its value, a structure that is given replaces the whole old one, and an empty
    LabelsInputConfiguration takes the labels away.
    """
    model = require_model(unit, call.params["ModelName"], lock=True)
    if model.status in UNDER_WAY:
        raise ConflictException(f"The model {model.name!r} is {model.status}; wait until its first version has ended.")
    check_role(_with_kept(call.params, model))
    if call.params.get("LabelsInputConfiguration"):
        check_labels(call.params, unit)
    models.change(unit.connection, model.id, updated_at=unit.now, **_columns(call.params))


def _with_kept(params: dict[str, Any], model: Model) -> dict[str, Any]:
    """The request with what the model has already, for rules between the members."""
    kept = {
        "LabelsInputConfiguration": model.labels_input_configuration,
        "RoleArn": model.role_arn,
        "ModelDiagnosticsOutputConfiguration": model.model_diagnostics_output_configuration,
    }
    return {name: value for name, value in kept.items() if value is not None} | params


def _columns(params: dict[str, Any]) -> dict[str, Any]:
    asked = {
        "labels_input_configuration": params.get("LabelsInputConfiguration"),
        "role_arn": params.get("RoleArn"),
        "model_diagnostics_output_configuration": params.get("ModelDiagnosticsOutputConfiguration"),
    }
    columns = {column: value for column, value in asked.items() if value is not None}
    if columns.get("labels_input_configuration") == {}:
        columns["labels_input_configuration"] = None
    return columns
