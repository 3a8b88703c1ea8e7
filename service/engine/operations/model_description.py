"""DescribeModel and ListModels."""

from typing import Any

from service.engine.operations.models import require_model
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.operations.version_description import (
    show_import,
    show_made_from,
    show_origin,
    show_ranges,
    show_training,
)
from service.engine.protocol.arns import MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.store import model_versions, models, retrainings
from service.engine.store.models import Model
from service.engine.store.retrainings import AccumulatedData, Retraining


def describe_model(call: Call, unit: Unit) -> dict[str, Any]:
    """A model with its active version, or the newest one while none is active. Fields never set are left out.

    Labels, role and diagnostics output are those of the versions to come, which an update may have changed; ranges
    and metrics are those of the version shown.
    """
    model = require_model(unit, call.params["ModelName"])
    number = model.active_version
    version = number and model_versions.get(unit.connection, model.id, number)
    version = version or model_versions.newest(unit.connection, model.id)
    retraining = retrainings.of_models(unit.connection, [model.id])[model.id]
    return {
        **show_origin(model, unit),
        **show_made_from(model, unit),
        **show_ranges(version or model),
        **_show_state(model),
        **_show_active(model, unit),
        **_show_previous(model, unit),
        **(show_training(version) | show_import(version) if version else {}),
        **_show_retraining(retraining),
        **_show_outcome(retraining),
        **_show_accumulated(retrainings.accumulated(unit.connection, model.id)),
    }


def list_models(call: Call, unit: Unit) -> dict[str, Any]:
    """Models in the order of their names."""
    page = asked_page(call, str)
    rows = models.page(
        unit.connection,
        unit.scope,
        name_begins_with=call.params.get("ModelNameBeginsWith", ""),
        dataset_name_begins_with=call.params.get("DatasetNameBeginsWith", ""),
        status=call.params.get("Status"),
        after=page.after,
        limit=page.limit,
    )
    found = retrainings.of_models(unit.connection, [row.id for row in rows])
    active = [(row.id, row.active_version) for row in rows if row.active_version]
    qualities = retrainings.qualities(unit.connection, active)
    return show_page(
        page,
        rows,
        "ModelSummaries",
        key=lambda row: [row.name],
        show=lambda row: _summary(row, found[row.id], unit) | {"ModelQuality": qualities.get(row.id)},
    )


def _summary(model: Model, retraining: Retraining, unit: Unit) -> dict[str, Any]:
    return {
        **show_origin(model, unit),
        "Status": model.status,
        "CreatedAt": model.created_at,
        **_show_active(model, unit),
        **_show_retraining(retraining),
        "ModelDiagnosticsOutputConfiguration": model.model_diagnostics_output_configuration,
    }


def _show_state(model: Model) -> dict[str, Any]:
    return {
        "Status": model.status,
        "LastUpdatedTime": model.updated_at,
        "CreatedAt": model.created_at,
        "ModelVersionActivatedAt": model.active_version_activated_at,
    }


def _show_active(model: Model, unit: Unit) -> dict[str, Any]:
    active = model.active_version
    arn = unit.arn(MODEL, model.name, model.id)
    return {"ActiveModelVersion": active, "ActiveModelVersionArn": active and version_arn(arn, active)}


def _show_previous(model: Model, unit: Unit) -> dict[str, Any]:
    previous = model.previous_active_version
    arn = unit.arn(MODEL, model.name, model.id)
    return {
        "PreviousActiveModelVersion": previous,
        "PreviousActiveModelVersionArn": previous and version_arn(arn, previous),
        "PreviousModelVersionActivatedAt": model.previous_active_version_activated_at,
    }


def _show_retraining(retraining: Retraining) -> dict[str, Any]:
    """The latest run, and the next one while the scheduler is to run."""
    scheduler, latest = retraining.scheduler, retraining.latest
    shown: dict[str, Any] = {}
    if latest:
        shown["LatestScheduledRetrainingStatus"] = latest.status
        shown["LatestScheduledRetrainingModelVersion"] = latest.version
        shown["LatestScheduledRetrainingStartTime"] = latest.training_started_at or latest.created_at
    if scheduler:
        shown["RetrainingSchedulerStatus"] = scheduler.status
        shown["NextScheduledRetrainingStartDate"] = scheduler.next_run_at if scheduler.wanted == "RUNNING" else None
    return shown


def _show_outcome(retraining: Retraining) -> dict[str, Any]:
    latest = retraining.latest
    return {
        "LatestScheduledRetrainingFailedReason": latest and latest.failed_reason,
        "LatestScheduledRetrainingAvailableDataInDays": latest and latest.retraining_available_data_in_days,
    }


def _show_accumulated(data: AccumulatedData) -> dict[str, Any]:
    return {"AccumulatedInferenceDataStartTime": data.start, "AccumulatedInferenceDataEndTime": data.end}
