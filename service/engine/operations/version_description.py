"""DescribeModelVersion, and the parts of it that a description of a model has too."""

from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET, MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ResourceNotFoundException
from service.engine.protocol.schemas import show_schema
from service.engine.store import model_versions
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model


def describe_model_version(call: Call, unit: Unit) -> dict[str, Any]:
    """A version with what it was made from at its time, whatever was updated since. Fields never set are left out."""
    model = require_model(unit, call.params["ModelName"])
    version = require_version(unit, model, call.params["ModelVersion"])
    return {
        **show_origin(model, unit),
        **show_version(model, version, unit),
        **show_made_from(version, unit),
        **show_ranges(version),
        **show_training(version),
        **show_import(version),
        "LastUpdatedTime": version.updated_at,
        "CreatedAt": version.created_at,
        "ImportedDataSizeInBytes": version.imported_data_size,
        "RetrainingAvailableDataInDays": version.retraining_available_data_in_days,
        "AutoPromotionResult": version.auto_promotion_result,
        "AutoPromotionResultReason": version.auto_promotion_result_reason,
        "ModelDiagnosticsResultsObject": version.diagnostics_result,
    }


def require_version(unit: Unit, model: Model, number: int) -> ModelVersion:
    """That version of the model.

    Raises:
        ResourceNotFoundException: there is none.
    """
    version = model_versions.get(unit.connection, model.id, number)
    if not version:
        raise ResourceNotFoundException("model version", f"{model.name}/{number}")
    return version


def require_trained(unit: Unit, model: Model, number: int, done: str) -> ModelVersion:
    """That version of the model, which has to be SUCCESS for what is to be `done` with it: "activated" for instance.

    Raises:
        ResourceNotFoundException: there is none.
        ConflictException: it is under way, or came to nothing.
    """
    version = require_version(unit, model, number)
    if version.status != "SUCCESS":
        raise ConflictException(
            f"Version {number} of the model {model.name!r} is {version.status}; only one that is SUCCESS can be {done}."
        )
    return version


def show_origin(model: Model, unit: Unit) -> dict[str, Any]:
    """The model and its dataset."""
    return {
        "ModelName": model.name,
        "ModelArn": unit.arn(MODEL, model.name, model.id),
        "DatasetName": model.dataset_name,
        "DatasetArn": unit.arn(DATASET, model.dataset_name, model.dataset_id),
    }


def show_version(model: Model, version: ModelVersion, unit: Unit) -> dict[str, Any]:
    """Which version, how it came about and how it is."""
    return {
        "ModelVersion": version.version,
        "ModelVersionArn": version_arn(unit.arn(MODEL, model.name, model.id), version.version),
        "Status": version.status,
        "SourceType": version.source_type,
        "ModelQuality": version.model_quality,
    }


def show_made_from(source: Model | ModelVersion, unit: Unit) -> dict[str, Any]:
    """What a version was made from, or what the next version of a model will be."""
    return {
        "Schema": show_schema(source.schema),
        "LabelsInputConfiguration": source.labels_input_configuration,
        "RoleArn": source.role_arn,
        "DataPreProcessingConfiguration": source.data_pre_processing_configuration,
        "ServerSideKmsKeyId": unit.key_arn(source.server_side_kms_key_id),
        "OffCondition": source.off_condition,
        "ModelDiagnosticsOutputConfiguration": source.model_diagnostics_output_configuration,
    }


def show_ranges(source: Model | ModelVersion) -> dict[str, Any]:
    """From when to when it learnt and was evaluated, as far as that was said."""
    return {
        "TrainingDataStartTime": source.training_data_start_time,
        "TrainingDataEndTime": source.training_data_end_time,
        "EvaluationDataStartTime": source.evaluation_data_start_time,
        "EvaluationDataEndTime": source.evaluation_data_end_time,
    }


def show_training(version: ModelVersion) -> dict[str, Any]:
    """What its training came to."""
    return {
        "TrainingExecutionStartTime": version.training_started_at,
        "TrainingExecutionEndTime": version.training_ended_at,
        "FailedReason": version.failed_reason,
        "ModelMetrics": version.model_metrics,
        "PriorModelMetrics": version.prior_model_metrics,
        "ModelQuality": version.model_quality,
    }


def show_import(version: ModelVersion) -> dict[str, Any]:
    """Where an imported version came from."""
    return {
        "SourceModelVersionArn": version.source_model_version_arn,
        "ImportJobStartTime": version.import_started_at,
        "ImportJobEndTime": version.import_ended_at,
    }
