"""CreateDataset, DescribeDataset, ListDatasets, DeleteDataset."""

from typing import Any
from uuid import uuid4

from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.tags import set_tags
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from service.engine.protocol.schemas import Schema, read_schema, show_schema
from service.engine.store import datasets, ingestion_jobs, models, resource_policies, tags
from service.engine.store.datasets import Dataset
from service.engine.store.ingestion_jobs import IngestionJob
from service.engine.store.locks import wait_for_turn


def create_dataset(call: Call, unit: Unit) -> dict[str, Any]:
    """Make an empty dataset. Without a schema, the first ingestion finds one."""
    schema = read_schema(
        call.params, max_components=unit.quotas.dataset_components, max_columns=unit.quotas.dataset_columns
    )
    name = call.params["DatasetName"]
    arn = unit.arn(DATASET, name, add_dataset(call, unit, name=name, status="CREATED", schema=schema))
    set_tags(arn, call.params.get("Tags", []), unit)
    return {"DatasetName": name, "DatasetArn": arn, "Status": "CREATED"}


def add_dataset(call: Call, unit: Unit, *, name: str, status: str, schema: Schema | None = None) -> str:
    """Make a dataset, without content yet; its id.

    Raises:
        ConflictException: the name is in use.
        ServiceQuotaExceededException: one more would be too many.
    """
    id = str(uuid4())
    wait_for_turn(unit.connection, f"datasets of {unit.scope}")
    full = datasets.count(unit.connection, unit.scope) >= unit.quotas.datasets
    if full and not datasets.find(unit.connection, unit.scope, name):
        raise ServiceQuotaExceededException(f"There are {unit.quotas.datasets} datasets already; delete one first.")
    added = datasets.add(
        unit.connection,
        unit.scope,
        id=id,
        name=name,
        schema=schema,
        status=status,
        server_side_kms_key_id=call.params.get("ServerSideKmsKeyId"),
        created_at=unit.now,
        updated_at=unit.now,
    )
    if not added:
        raise ConflictException(f"There is a dataset {name!r} already.")
    return id


def describe_dataset(call: Call, unit: Unit) -> dict[str, Any]:
    """A dataset with what its current content was ingested from."""
    dataset = require_dataset(unit, call.params["DatasetName"])
    job = _job_to_show(dataset, unit)
    return {
        "DatasetName": dataset.name,
        "DatasetArn": unit.arn(DATASET, dataset.name, dataset.id),
        "CreatedAt": dataset.created_at,
        "LastUpdatedAt": dataset.updated_at,
        "Status": dataset.status,
        "Schema": show_schema(dataset.schema),
        "ServerSideKmsKeyId": unit.key_arn(dataset.server_side_kms_key_id),
        **(_show_content(job) if job else {}),
    }


def list_datasets(call: Call, unit: Unit) -> dict[str, Any]:
    """Datasets in the order of their names."""
    page = asked_page(call, str)
    rows = datasets.page(
        unit.connection,
        unit.scope,
        name_begins_with=call.params.get("DatasetNameBeginsWith", ""),
        after=page.after,
        limit=page.limit,
    )
    return show_page(page, rows, "DatasetSummaries", key=lambda row: [row.name], show=lambda row: _summary(row, unit))


def delete_dataset(call: Call, unit: Unit) -> None:
    """Delete a dataset that nothing uses; the CSV files it was ingested from stay where they are."""
    dataset = require_dataset(unit, call.params["DatasetName"], lock=True)
    refuse_under_way(dataset)
    user = models.uses_dataset(unit.connection, dataset.id)
    if user:
        raise ConflictException(f"The model {user!r} was made from the dataset {dataset.name!r}; delete it first.")
    tags.erase_all(unit.connection, unit.arn(DATASET, dataset.name, dataset.id))
    resource_policies.erase_all(unit.connection, unit.arn(DATASET, dataset.name, dataset.id))
    datasets.remove(unit.connection, dataset.id)


def require_dataset(unit: Unit, name: str, *, lock: bool = False) -> Dataset:
    """The dataset of that name.

    Raises:
        ResourceNotFoundException: there is none.
    """
    dataset = datasets.find(unit.connection, unit.scope, name, lock=lock)
    if not dataset:
        raise ResourceNotFoundException("dataset", name)
    return dataset


def refuse_under_way(dataset: Dataset) -> None:
    """Refuse what would get in the way of a job.

    Raises:
        ConflictException: the dataset is being ingested or imported.
    """
    if dataset.status in ("INGESTION_IN_PROGRESS", "IMPORT_IN_PROGRESS"):
        what = "ingested" if dataset.status == "INGESTION_IN_PROGRESS" else "imported"
        raise ConflictException(f"The dataset {dataset.name!r} is being {what}; wait for the job to end.")


def _job_to_show(dataset: Dataset, unit: Unit) -> IngestionJob | None:
    """The job that made the current content; before there is any, the newest job."""
    if dataset.current_job_id:
        return ingestion_jobs.get(unit.connection, dataset.current_job_id)
    return ingestion_jobs.newest(unit.connection, dataset.id)


def _show_content(job: IngestionJob) -> dict[str, Any]:
    return {
        "IngestionInputConfiguration": job.input_configuration,
        "DataQualitySummary": job.data_quality_summary,
        "IngestedFilesSummary": job.ingested_files_summary,
        "RoleArn": job.role_arn,
        "DataStartTime": job.data_start_time,
        "DataEndTime": job.data_end_time,
        "SourceDatasetArn": job.source_dataset_arn,
    }


def _summary(dataset: Dataset, unit: Unit) -> dict[str, Any]:
    return {
        "DatasetName": dataset.name,
        "DatasetArn": unit.arn(DATASET, dataset.name, dataset.id),
        "Status": dataset.status,
        "CreatedAt": dataset.created_at,
    }
