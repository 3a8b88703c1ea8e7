"""DescribeInferenceScheduler and ListInferenceSchedulers."""

from typing import Any

from service.engine.operations.data_configurations import shown_input
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.scheduler_extras import show_extras
from service.engine.operations.schedulers import require_scheduler
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER, MODEL
from service.engine.protocol.calls import Call
from service.engine.store import schedulers
from service.engine.store.schedulers import Scheduler


def describe_inference_scheduler(call: Call, unit: Unit) -> dict[str, Any]:
    """A scheduler with every default spelt out."""
    scheduler = require_scheduler(unit, call.params["InferenceSchedulerName"])
    return _summary(scheduler, unit) | {
        "CreatedAt": scheduler.created_at,
        "UpdatedAt": scheduler.updated_at,
        "DataInputConfiguration": shown_input(scheduler.data_input_configuration, unit.now),
        "DataOutputConfiguration": scheduler.data_output_configuration,
        "RoleArn": scheduler.role_arn,
        "ServerSideKmsKeyId": unit.key_arn(scheduler.server_side_kms_key_id),
        **show_extras(scheduler, unit),
    }


def list_inference_schedulers(call: Call, unit: Unit) -> dict[str, Any]:
    """Schedulers in the order of their names. A model that does not exist has none."""
    page = asked_page(call, str)
    rows = schedulers.page(
        unit.connection,
        unit.scope,
        name_begins_with=call.params.get("InferenceSchedulerNameBeginsWith", ""),
        model_name=call.params.get("ModelName"),
        status=call.params.get("Status"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page, rows, "InferenceSchedulerSummaries", key=lambda row: [row.name], show=lambda row: _summary(row, unit)
    )


def _summary(scheduler: Scheduler, unit: Unit) -> dict[str, Any]:
    return {
        "ModelArn": unit.arn(MODEL, scheduler.model_name, scheduler.model_id),
        "ModelName": scheduler.model_name,
        "InferenceSchedulerName": scheduler.name,
        "InferenceSchedulerArn": unit.arn(INFERENCE_SCHEDULER, scheduler.name, scheduler.id),
        "Status": scheduler.status,
        "DataDelayOffsetInMinutes": scheduler.data_delay_offset_in_minutes,
        "DataUploadFrequency": scheduler.data_upload_frequency,
        "LatestInferenceResult": scheduler.latest_inference_result,
    }
