"""CreateModel, DeleteModel."""

from typing import Any
from uuid import uuid4

from service.engine.operations.datasets import require_dataset
from service.engine.operations.tags import set_tags
from service.engine.operations.training_inputs import check_labels, check_off_condition, check_ranges, check_role
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import MODEL
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from service.engine.protocol.schemas import Schema, check_size, check_subset, read_schema
from service.engine.store import model_versions, models, resource_policies, retraining_schedulers, tags
from service.engine.store.datasets import Dataset
from service.engine.store.locks import wait_for_turn
from service.engine.store.models import Model
from service.engine.store.unfinished import training_id

FIRST_VERSION = 1


def create_model(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for a model to be trained on what its dataset holds now; this is its version 1."""
    check_ranges(call.params)
    check_role(call.params)
    check_labels(call.params, unit)
    dataset = require_dataset(unit, call.params["DatasetName"], lock=True)
    schema = _choose_schema(call, unit, dataset)
    check_off_condition(call.params.get("OffCondition"), schema)
    _check_quotas(unit, call.params["ModelName"])
    id, asked = str(uuid4()), _made_from(call.params, schema)
    if not models.add(unit.connection, unit.scope, id=id, **_columns(call, unit, dataset), **asked):
        raise ConflictException(f"There is a model {call.params['ModelName']!r} already.")
    model_versions.add(
        unit.connection,
        model_id=id,
        version=FIRST_VERSION,
        status="IN_PROGRESS",
        source_type="TRAINING",
        ingestion_job_id=dataset.current_job_id,
        created_at=unit.now,
        updated_at=unit.now,
        **asked,
    )
    arn = unit.arn(MODEL, call.params["ModelName"], id)
    set_tags(arn, call.params.get("Tags", []), unit)
    unit.nudge("training", training_id(id, FIRST_VERSION))
    return {"ModelArn": arn, "Status": "IN_PROGRESS"}


def delete_model(call: Call, unit: Unit) -> None:
    """Delete a model with no training under way and no scheduler of either kind, not even a stopped one."""
    model = require_model(unit, call.params["ModelName"], lock=True)
    _refuse_in_use(model, unit)
    tags.erase_all(unit.connection, unit.arn(MODEL, model.name, model.id))
    resource_policies.erase_all(unit.connection, unit.arn(MODEL, model.name, model.id))
    models.remove(unit.connection, model.id)


def require_model(unit: Unit, name: str, *, lock: bool = False) -> Model:
    """The model of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    model = models.find(unit.connection, unit.scope, name, lock=lock)
    if not model:
        raise ResourceNotFoundException("model", name)
    return model


def _refuse_in_use(model: Model, unit: Unit) -> None:
    if model_versions.in_training(unit.connection, model.id):
        raise ConflictException(f"The model {model.name!r} is being trained or imported; wait for its end.")
    scheduler = models.scheduler_of(unit.connection, model.id)
    if scheduler:
        raise ConflictException(
            f"The inference scheduler {scheduler!r} is attached to the model {model.name!r}; delete it first."
        )
    if retraining_schedulers.of_model(unit.connection, model.id):
        raise ConflictException(f"The model {model.name!r} has a retraining scheduler; stop and delete it first.")


def _choose_schema(call: Call, unit: Unit, dataset: Dataset) -> Schema:
    """What the request names of the dataset's sensors, or all of them."""
    if dataset.status != "ACTIVE" or dataset.schema is None:
        raise ConflictException(
            f"The dataset {dataset.name!r} is {dataset.status}; a model needs one that is ACTIVE, with data ingested."
        )
    limits = {"max_components": unit.quotas.model_components, "max_columns": unit.quotas.model_columns}
    chosen = read_schema(call.params, **limits)
    if chosen is None:
        check_size(dataset.schema, **limits)
        return dataset.schema
    check_subset(chosen, dataset.schema)
    return chosen


def check_model_quota(unit: Unit, name: str) -> bool:
    """Whether a model of that name would be new; then there may be one more. Others wait until the unit has ended.

    Raises:
        ServiceQuotaExceededException: there are as many as there may be.
    """
    wait_for_turn(unit.connection, f"models of {unit.scope}")
    if models.find(unit.connection, unit.scope, name):
        return False
    if models.count(unit.connection, unit.scope) >= unit.quotas.models:
        raise ServiceQuotaExceededException(f"There are {unit.quotas.models} models already; delete one first.")
    return True


def _check_quotas(unit: Unit, name: str) -> None:
    is_new = check_model_quota(unit, name)  # a name in use is a conflict, whatever the count
    pending = models.count(unit.connection, unit.scope, status="IN_PROGRESS")
    if is_new and pending >= unit.quotas.pending_trainings:
        raise ServiceQuotaExceededException(
            f"{unit.quotas.pending_trainings} models are being trained already; wait until one of them has ended."
        )


def _columns(call: Call, unit: Unit, dataset: Dataset) -> dict[str, Any]:
    return {
        "name": call.params["ModelName"],
        "dataset_id": dataset.id,
        "status": "IN_PROGRESS",
        "created_at": unit.now,
        "updated_at": unit.now,
    }


def _made_from(params: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """What its first version is made from, and the later ones until an update."""
    return {
        "schema": schema,
        "labels_input_configuration": params.get("LabelsInputConfiguration"),
        "data_pre_processing_configuration": params.get("DataPreProcessingConfiguration"),
        "off_condition": params.get("OffCondition"),
        "training_data_start_time": params.get("TrainingDataStartTime"),
        "training_data_end_time": params.get("TrainingDataEndTime"),
        "evaluation_data_start_time": params.get("EvaluationDataStartTime"),
        "evaluation_data_end_time": params.get("EvaluationDataEndTime"),
        "role_arn": params.get("RoleArn"),
        "server_side_kms_key_id": params.get("ServerSideKmsKeyId"),
        "model_diagnostics_output_configuration": params.get("ModelDiagnosticsOutputConfiguration"),
    }
