"""ImportDataset."""

from typing import Any
from uuid import uuid4

from service.engine.operations.datasets import add_dataset, refuse_under_way
from service.engine.operations.import_sources import source_dataset
from service.engine.operations.ingestion_jobs import check_pending
from service.engine.operations.tags import set_tags
from service.engine.operations.unit import Unit
from service.engine.protocol.arns import DATASET
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException, ValidationException
from service.engine.protocol.schemas import Schema, lacking
from service.engine.store import datasets, imports, ingestion_jobs, models, sensor_statistics
from service.engine.store.datasets import Dataset
from service.engine.store.ingestion_jobs import IngestionJob

UNDER_WAY = "IMPORT_IN_PROGRESS"


def import_dataset(call: Call, unit: Unit) -> dict[str, Any]:
    """Ask for the content that a dataset has now to become that of a dataset of the caller's, whatever it has."""
    source, job = source_dataset(call, unit)
    name = call.params.get("DatasetName", source.name)
    target = datasets.find(unit.connection, unit.scope, name, lock=True)
    check_pending(unit)
    if target:
        _check_overwritable(target, source, unit)
        _mark(call, unit, target)
    target_id = target.id if target else add_dataset(call, unit, name=name, status=UNDER_WAY)
    job_id = _add_job(call, unit, target_id, job)
    imports.add(
        unit.connection,
        id=job_id,
        dataset_id=target_id,
        schema=source.schema,
        source_prefix=job.copy_prefix,
        created_at=unit.now,
    )
    arn = unit.arn(DATASET, name, target_id)
    set_tags(arn, call.params.get("Tags", []), unit)
    unit.nudge("import", job_id)
    return {"DatasetName": name, "DatasetArn": arn, "Status": UNDER_WAY, "JobId": job_id}


def _add_job(call: Call, unit: Unit, target_id: str, source: IngestionJob) -> str:
    """The job of the import, with the account that the source's job gave of the same data; its id."""
    job_id = uuid4().hex
    ingestion_jobs.add(
        unit.connection,
        id=job_id,
        dataset_id=target_id,
        status=UNDER_WAY,
        source_dataset_arn=call.params["SourceDatasetArn"],
        data_quality_summary=source.data_quality_summary,
        ingested_files_summary=source.ingested_files_summary,
        ingested_data_size=source.ingested_data_size,
        data_start_time=source.data_start_time,
        data_end_time=source.data_end_time,
        created_at=unit.now,
    )
    sensor_statistics.copy(unit.connection, source.id, job_id)
    return job_id


def _check_overwritable(target: Dataset, source: Dataset, unit: Unit) -> None:
    if target.id == source.id:
        raise ValidationException(f"The dataset {target.name!r} cannot be imported onto itself; give a DatasetName.")
    refuse_under_way(target)
    for model in models.of_dataset(unit.connection, target.id):
        _check_still_fits(model.name, model.schema, source)


def _check_still_fits(model_name: str, schema: Schema, source: Dataset) -> None:
    missing = lacking(schema, source.schema)
    if missing:
        raise ConflictException(
            f"The model {model_name!r} was made from this dataset and needs {missing}, which the dataset to import "
            "does not have. Import it under another DatasetName."
        )


def _mark(call: Call, unit: Unit, target: Dataset) -> None:
    key = call.params.get("ServerSideKmsKeyId", target.server_side_kms_key_id)
    datasets.change(unit.connection, target.id, status=UNDER_WAY, server_side_kms_key_id=key, updated_at=unit.now)
