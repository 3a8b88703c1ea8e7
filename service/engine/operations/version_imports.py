"""ImportModelVersion."""

from typing import Any
from uuid import uuid4

from service.engine.operations.import_sources import source_version
from service.engine.operations.import_targets import check_fits, require_content, target_model
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.store import imports, model_versions
from service.engine.store.model_versions import MADE_FROM, ModelVersion

# What stays behind: labels and places in the source's buckets. A request brings its own.
_NOT_TAKEN = (
    "labels_input_configuration",
    "role_arn",
    "server_side_kms_key_id",
    "model_diagnostics_output_configuration",
)


def import_model_version(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for a copy of a trained version: the next version of a model that there is, or the first of a new one."""
    source, version = source_version(call, unit)
    dataset = require_content(call, unit)
    check_fits(version.schema, dataset)
    made_from = _taken_over(version) | _brought(call)
    target = target_model(call, unit, dataset, call.params.get("ModelName", source.name), made_from)
    model_versions.add(
        unit.connection,
        model_id=target.model_id,
        version=target.version,
        source_model_version_arn=call.params["SourceModelVersionArn"],
        model_metrics=version.model_metrics,
        model_quality=version.model_quality,
        **target.row(unit),
        **made_from,
    )
    import_id = uuid4().hex
    imports.add(
        unit.connection,
        id=import_id,
        model_id=target.model_id,
        version=target.version,
        source_prefix=version.artefact_prefix,
        source_model_id=source.id,
        inference_data_import_strategy=call.params.get("InferenceDataImportStrategy", "NO_IMPORT"),
        created_at=unit.now,
    )
    unit.nudge("import", import_id)
    return target.answer(unit)


def _taken_over(version: ModelVersion) -> dict[str, Any]:
    return {column: getattr(version, column) for column in MADE_FROM if column not in _NOT_TAKEN}


def _brought(call: Call) -> dict[str, Any]:
    return {
        "labels_input_configuration": call.params.get("LabelsInputConfiguration"),
        "role_arn": call.params.get("RoleArn"),
        "server_side_kms_key_id": call.params.get("ServerSideKmsKeyId"),
    }
