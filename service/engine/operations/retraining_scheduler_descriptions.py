"""DescribeRetrainingScheduler and ListRetrainingSchedulers."""

from typing import Any

from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.retraining_schedulers import require_retraining
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import MODEL
from service.engine.protocol.calls import Call
from service.engine.store import retraining_schedulers
from service.engine.store.retraining_schedulers import RetrainingScheduler


def describe_retraining_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """The retraining scheduler of a model."""
    _, scheduler = require_retraining(unit, call.params["ModelName"])
    return _summary(scheduler, unit) | {
        "PromoteMode": scheduler.promote_mode,
        "CreatedAt": scheduler.created_at,
        "UpdatedAt": scheduler.updated_at,
    }


def list_retraining_schedulers(call: Call, unit: Unit) -> dict[str, Any]:
    """Retraining schedulers in the order of their models' names."""
    page = asked_page(call, str)
    rows = retraining_schedulers.page(
        unit.connection,
        unit.scope,
        model_name_begins_with=call.params.get("ModelNameBeginsWith", ""),
        status=call.params.get("Status"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page,
        rows,
        "RetrainingSchedulerSummaries",
        key=lambda row: [row.model_name],
        show=lambda row: _summary(row, unit),
    )


def _summary(scheduler: RetrainingScheduler, unit: Unit) -> dict[str, Any]:
    return {
        "ModelName": scheduler.model_name,
        "ModelArn": unit.arn(MODEL, scheduler.model_name, scheduler.model_id),
        "Status": scheduler.status,
        "RetrainingStartDate": scheduler.retraining_start_date,
        "RetrainingFrequency": scheduler.retraining_frequency,
        "LookbackWindow": scheduler.lookback_window,
    }
