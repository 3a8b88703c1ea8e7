"""DescribeModel."""

from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.schemas import show_schema
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET, MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.store import model_versions
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model


def describe_model(call: Call, unit: Unit) -> dict[str, Any]:
    """A model with its active version, or the newest one while none is active. Fields never set are left out."""
    model = require_model(unit, call.params["ModelName"])
    version = (
        model_versions.get(unit.connection, model.id, model.active_version)
        if model.active_version
        else model_versions.newest(unit.connection, model.id)
    )
    return _show_request(model, unit) | _show_active(model, unit) | (_show_training(version) if version else {})


def _show_request(model: Model, unit: Unit) -> dict[str, Any]:
    return {
        "ModelName": model.name,
        "ModelArn": unit.arn(MODEL, model.name, model.id),
        "DatasetName": model.dataset_name,
        "DatasetArn": unit.arn(DATASET, model.dataset_name, model.dataset_id),
        "Schema": show_schema(model.schema),
        "LabelsInputConfiguration": model.labels_input_configuration,
        "TrainingDataStartTime": model.training_data_start_time,
        "TrainingDataEndTime": model.training_data_end_time,
        "EvaluationDataStartTime": model.evaluation_data_start_time,
        "EvaluationDataEndTime": model.evaluation_data_end_time,
        "RoleArn": model.role_arn,
        "DataPreProcessingConfiguration": model.data_pre_processing_configuration,
        "Status": model.status,
        "LastUpdatedTime": model.updated_at,
        "CreatedAt": model.created_at,
        "ServerSideKmsKeyId": model.server_side_kms_key_id,
        "OffCondition": model.off_condition,
        "ModelDiagnosticsOutputConfiguration": model.model_diagnostics_output_configuration,
    }


def _show_active(model: Model, unit: Unit) -> dict[str, Any]:
    if not model.active_version:
        return {}
    return {
        "ActiveModelVersion": model.active_version,
        "ActiveModelVersionArn": version_arn(unit.arn(MODEL, model.name, model.id), model.active_version),
        "ModelVersionActivatedAt": model.active_version_activated_at,
    }


def _show_training(version: ModelVersion) -> dict[str, Any]:
    return {
        "TrainingExecutionStartTime": version.training_started_at,
        "TrainingExecutionEndTime": version.training_ended_at,
        "FailedReason": version.failed_reason,
        "ModelMetrics": version.model_metrics,
        "ModelQuality": version.model_quality,
    }
