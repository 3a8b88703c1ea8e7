"""ListModelVersions and UpdateActiveModelVersion."""

from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.operations.version_description import require_trained, show_version
from service.engine.protocol.arns import MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.store import model_versions, models
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model


def list_model_versions(call: Call, unit: Unit) -> dict[str, Any]:
    """Versions of a model, the newest first. A model that does not exist has none."""
    page, params = asked_page(call, int), call.params
    model = models.find(unit.connection, unit.scope, params["ModelName"])
    if not model:
        return {"ModelVersionSummaries": []}
    rows = model_versions.page(
        unit.connection,
        model.id,
        status=params.get("Status"),
        source_type=params.get("SourceType"),
        created_after=params.get("CreatedAtStartTime"),
        created_before=params.get("CreatedAtEndTime"),
        lowest=params.get("MinModelVersion"),
        highest=params.get("MaxModelVersion"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page,
        rows,
        "ModelVersionSummaries",
        key=lambda row: [row.version],
        show=lambda row: _summary(model, row, unit),
    )


def update_active_model_version(call: Call, unit: Unit) -> dict[str, Any]:
    """Let executions that start from now on use another version; those in flight end with theirs.

    Naming the version that is active already changes nothing.
    """
    model = require_model(unit, call.params["ModelName"], lock=True)
    version = require_trained(unit, model, call.params["ModelVersion"], "activated")
    if version.version != model.active_version:
        models.activate(unit.connection, model.id, version.version, unit.now)
        model = models.get(unit.connection, model.id)
    return _show_active(model, unit)


def _show_active(model: Model, unit: Unit) -> dict[str, Any]:
    arn, previous = unit.arn(MODEL, model.name, model.id), model.previous_active_version
    return {
        "ModelName": model.name,
        "ModelArn": arn,
        "CurrentActiveVersion": model.active_version,
        "CurrentActiveVersionArn": version_arn(arn, model.active_version),
        "PreviousActiveVersion": previous,
        "PreviousActiveVersionArn": previous and version_arn(arn, previous),
    }


def _summary(model: Model, version: ModelVersion, unit: Unit) -> dict[str, Any]:
    named = {"ModelName": model.name, "ModelArn": unit.arn(MODEL, model.name, model.id)}
    return named | show_version(model, version, unit) | {"CreatedAt": version.created_at}
