"""StartDataIngestionJob, DescribeDataIngestionJob, ListDataIngestionJobs."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from service.engine.operations.datasets import refuse_under_way, require_dataset
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ResourceNotFoundException, ServiceQuotaExceededException
from service.engine.store import datasets, ingestion_jobs
from service.engine.store.ingestion_jobs import IngestionJob
from service.engine.store.locks import wait_for_turn


def start_data_ingestion_job(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for the files of a prefix to become the dataset's content, in place of what it has."""
    dataset = require_dataset(unit, call.params["DatasetName"], lock=True)
    refuse_under_way(dataset)
    check_pending(unit)
    job_id = uuid4().hex
    ingestion_jobs.add(
        unit.connection,
        id=job_id,
        dataset_id=dataset.id,
        input_configuration=call.params["IngestionInputConfiguration"],
        role_arn=call.params["RoleArn"],
        status="IN_PROGRESS",
        created_at=unit.now,
    )
    datasets.change(unit.connection, dataset.id, status="INGESTION_IN_PROGRESS", updated_at=unit.now)
    unit.nudge("ingestion", job_id)
    return {"JobId": job_id, "Status": "IN_PROGRESS"}


def check_pending(unit: Unit) -> None:
    """Let one more job begin, an ingestion or an import. Others wait until the unit has ended.

    Raises:
        ServiceQuotaExceededException: as many are pending as may be.
    """
    wait_for_turn(unit.connection, f"ingestion jobs of {unit.scope}")
    if ingestion_jobs.count_pending(unit.connection, unit.scope) >= unit.quotas.pending_ingestion_jobs:
        raise ServiceQuotaExceededException(
            f"{unit.quotas.pending_ingestion_jobs} ingestion jobs are pending already; wait until one has ended."
        )


def describe_data_ingestion_job(call: Call, unit: Unit) -> dict[str, Any]:
    """A job with what it found in the files."""
    job = ingestion_jobs.find(unit.connection, unit.scope, call.params["JobId"].lower())
    if not job:
        raise ResourceNotFoundException("data ingestion job", call.params["JobId"])
    return {
        "JobId": job.id,
        "DatasetArn": unit.arn(DATASET, job.dataset_name, job.dataset_id),
        "IngestionInputConfiguration": job.input_configuration,
        "RoleArn": job.role_arn,
        "CreatedAt": job.created_at,
        "Status": job.status,
        "FailedReason": job.failed_reason,
        "DataQualitySummary": job.data_quality_summary,
        "IngestedFilesSummary": job.ingested_files_summary,
        "StatusDetail": job.status_detail,
        "IngestedDataSize": job.ingested_data_size,
        "DataStartTime": job.data_start_time,
        "DataEndTime": job.data_end_time,
        "SourceDatasetArn": job.source_dataset_arn,
    }


def list_data_ingestion_jobs(call: Call, unit: Unit) -> dict[str, Any]:
    """Jobs, newest first. A dataset that does not exist has none: the operation declares no ResourceNotFound."""
    page = asked_page(call, datetime, str)
    rows = ingestion_jobs.page(
        unit.connection,
        unit.scope,
        dataset_name=call.params.get("DatasetName"),
        status=call.params.get("Status"),
        after=page.after,
        limit=page.limit,
    )
    return show_page(
        page,
        rows,
        "DataIngestionJobSummaries",
        key=lambda row: [row.created_at, row.id],
        show=lambda row: _summary(row, unit),
    )


def _summary(job: IngestionJob, unit: Unit) -> dict[str, Any]:
    return {
        "JobId": job.id,
        "DatasetName": job.dataset_name,
        "DatasetArn": unit.arn(DATASET, job.dataset_name, job.dataset_id),
        "IngestionInputConfiguration": job.input_configuration,
        "Status": job.status,
    }
