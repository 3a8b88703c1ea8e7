"""ExportModelVersion, DescribeModelVersionExport, ImportModelFile: our own. A model leaves and comes as one file."""

from typing import Any
from uuid import uuid4

from service.engine.operations.import_targets import require_content, target_model
from service.engine.operations.models import require_model
from service.engine.operations.unit import Unit
from service.engine.operations.version_description import require_trained
from service.engine.protocol.arns import MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ResourceNotFoundException
from service.engine.store import imports, model_exports, model_versions
from service.engine.store.datasets import Dataset
from service.engine.store.model_exports import ModelExport
from service.engine.store.model_versions import MADE_FROM


def export_model_version(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for a trained version to be written as one file to a place in S3."""
    model = require_model(unit, call.params["ModelName"], lock=True)
    version = require_trained(unit, model, call.params["ModelVersion"], "exported")
    export_id = uuid4().hex
    model_exports.add(
        unit.connection,
        id=export_id,
        model_id=model.id,
        version=version.version,
        output_configuration=call.params["ModelFileOutputConfiguration"],
        role_arn=call.params["RoleArn"],
        created_at=unit.now,
    )
    unit.nudge("export", export_id)
    return {"ExportId": export_id, "ModelName": model.name, "ModelVersion": version.version, "Status": "IN_PROGRESS"}


def describe_model_version_export(call: Call, unit: Unit) -> dict[str, Any]:
    """How an export is, and where its file lies."""
    export = model_exports.find(unit.connection, unit.scope, call.params["ExportId"].lower())
    if not export:
        raise ResourceNotFoundException("export of a model version", call.params["ExportId"])
    arn = unit.arn(MODEL, export.model_name, export.model_id)
    return {
        "ExportId": export.id,
        "ModelName": export.model_name,
        "ModelArn": arn,
        "ModelVersion": export.version,
        "ModelVersionArn": version_arn(arn, export.version),
        "Status": export.status,
        "FailedReason": export.failed_reason,
        "ModelFileOutputConfiguration": export.output_configuration,
        "RoleArn": export.role_arn,
        "ModelFileObject": _object(export),
        "SizeInBytes": export.size,
        "Sha256": export.sha256,
        "CreatedAt": export.created_at,
        "EndedAt": export.finished_at,
    }


def import_model_file(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for a version to be made of a file. What is in it is not known before a worker has read it: whatever does
    not fit the dataset or the model fails the version then."""
    dataset = require_content(call, unit)
    made_from = _until_it_is_read(call, dataset)
    target = target_model(call, unit, dataset, call.params["ModelName"], made_from, is_known=False)
    model_versions.add(
        unit.connection, model_id=target.model_id, version=target.version, **target.row(unit), **made_from
    )
    import_id = uuid4().hex
    imports.add(
        unit.connection,
        id=import_id,
        model_id=target.model_id,
        version=target.version,
        source_object=call.params["ModelFileObject"],
        created_at=unit.now,
    )
    unit.nudge("import", import_id)
    return target.answer(unit)


def _until_it_is_read(call: Call, dataset: Dataset) -> dict[str, Any]:
    return dict.fromkeys(MADE_FROM) | {
        "schema": dataset.schema,
        "labels_input_configuration": call.params.get("LabelsInputConfiguration"),
        "role_arn": call.params["RoleArn"],
        "server_side_kms_key_id": call.params.get("ServerSideKmsKeyId"),
    }


def _object(export: ModelExport) -> dict[str, str] | None:
    if not export.key:
        return None
    return {"Bucket": export.output_configuration["S3OutputConfiguration"]["Bucket"], "Key": export.key}
