"""ListInferenceExecutions."""

from datetime import datetime
from typing import Any

from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import INFERENCE_SCHEDULER, MODEL, version_arn
from service.engine.protocol.calls import Call
from service.engine.store import executions, schedulers
from service.engine.store.executions import Execution
from service.engine.store.schedulers import Scheduler


def list_inference_executions(call: Call, unit: Unit) -> dict[str, Any]:
    """Executions, newest window first. A scheduler that does not exist has none, as the API reference says."""
    page = asked_page(call, datetime, datetime)
    scheduler = schedulers.find(unit.connection, unit.scope, call.params["InferenceSchedulerName"])
    if not scheduler:
        return {"InferenceExecutionSummaries": []}
    rows = executions.page(
        unit.connection,
        scheduler.id,
        starts_after=call.params.get("DataStartTimeAfter"),
        ends_before=call.params.get("DataEndTimeBefore"),
        status=call.params.get("Status"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page,
        rows,
        "InferenceExecutionSummaries",
        key=lambda row: [row.data_start_time, row.data_end_time],
        show=lambda row: _summary(row, scheduler, unit),
    )


def _summary(execution: Execution, scheduler: Scheduler, unit: Unit) -> dict[str, Any]:
    model_arn = unit.arn(MODEL, scheduler.model_name, scheduler.model_id)
    version = execution.model_version
    return {
        "ModelName": scheduler.model_name,
        "ModelArn": model_arn,
        "InferenceSchedulerName": scheduler.name,
        "InferenceSchedulerArn": unit.arn(INFERENCE_SCHEDULER, scheduler.name, scheduler.id),
        "ScheduledStartTime": execution.scheduled_start_time,
        "DataStartTime": execution.data_start_time,
        "DataEndTime": execution.data_end_time,
        # Seen in the service's answers: the location alone, neither time zone nor file names.
        "DataInputConfiguration": {"S3InputConfiguration": execution.data_input_configuration["S3InputConfiguration"]},
        "DataOutputConfiguration": execution.data_output_configuration,
        "CustomerResultObject": _result(execution),
        "Status": execution.status,
        "FailedReason": execution.failed_reason if execution.status == "FAILED" else None,
        "ModelVersion": version,
        "ModelVersionArn": version and version_arn(model_arn, version),
        **_extras(execution, unit),
    }


def _extras(execution: Execution, unit: Unit) -> dict[str, Any]:
    """Our own members, which plain clients need not know."""
    shadow = execution.shadow_result_key
    return {
        "AnomalyThreshold": execution.anomaly_threshold,
        "DataQuality": execution.data_quality,
        "Drift": execution.drift,
        "ShadowModelVersion": execution.shadow_version,
        "ShadowResultObject": {"Bucket": unit.settings.engine_bucket, "Key": shadow} if shadow else None,
        "ShadowFailedReason": execution.shadow_failed_reason,
    }


def _result(execution: Execution) -> dict[str, str] | None:
    if execution.status != "SUCCESS" or not execution.result_key:
        return None
    bucket = execution.data_output_configuration["S3OutputConfiguration"]["Bucket"]
    return {"Bucket": bucket, "Key": execution.result_key}
