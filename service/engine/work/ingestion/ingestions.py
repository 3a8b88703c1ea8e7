"""One data ingestion job: a dataset's CSV files in the customer's bucket become the service's own copy."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog

from service.engine.resources import Resources
from service.engine.store import datasets, ingestion_jobs, sensor_statistics, unfinished
from service.engine.store.datasets import Dataset
from service.engine.store.ingestion_jobs import IngestionJob
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import attempt, in_hand
from service.engine.work.bucket.dataset_copies import copy_prefix, write_component
from service.engine.work.ingestion.components import IngestedComponent, ingest_component
from service.engine.work.ingestion.layout import SortedFiles, layout_of, require_all, sort_files
from service.engine.work.ingestion.limits import check_columns, check_limits
from service.engine.work.ingestion.results import Ingested, ingested, job_columns, sensor_rows
from service.engine.work.problems import InputProblem
from service.engine.work.schemas import schema_of, sensors_by_component

log = structlog.get_logger(__name__)


def run_ingestion(resources: Resources, job_id: str) -> None:
    """Run one job to its end. Safe to call again; while S3 or the database is away it stays, for the sweep."""
    piece = Piece("ingestion", job_id)
    with in_hand(resources, piece) as ours:
        job, dataset = _begin(resources, piece) if ours else (None, None)
        if job is None:
            return
        act, fail = partial(_ingest, resources, job, dataset), partial(_fail, resources, job, dataset)
        found = attempt(resources, piece, job.attempts, "read the files of this job", act, fail)
        if found:
            _succeed(resources, job, dataset, found)


def _begin(resources: Resources, piece: Piece) -> tuple[IngestionJob | None, Dataset | None]:
    with resources.database.begin() as connection:
        if not unfinished.begin_attempt(connection, piece):
            return None, None
        job = ingestion_jobs.get(connection, piece.id)
        return job, datasets.get(connection, job.dataset_id)


def _ingest(resources: Resources, job: IngestionJob, dataset: Dataset) -> Ingested:
    source = job.input_configuration["S3InputConfiguration"]
    bucket, prefix = source["Bucket"], source.get("Prefix", "")
    known = sensors_by_component(dataset.schema) if dataset.schema else None
    layout = layout_of(prefix, source.get("KeyPattern"))
    files = sort_files(layout, resources.objects.list(bucket, prefix), known)
    require_all(layout, bucket, files.by_component, files.discarded, known or ())
    if not files.by_component:
        raise InputProblem(f"No CSV file was found under 's3://{bucket}/{prefix}<component>{layout.delimiter}'.")
    check_limits(bucket, files.by_component, resources.quotas)
    resources.objects.make_bucket(resources.settings.engine_bucket)
    components = {}
    for name in sorted(files.by_component):
        _tell(resources, job, f"Reading component {len(components) + 1} of {len(files.by_component)}, {name}.")
        components[name] = _ingest_one(resources, job, bucket, name, files, known and known[name])
        check_columns(components, resources.quotas)
    return ingested(files, components, bucket)


def _ingest_one(
    resources: Resources,
    job: IngestionJob,
    bucket: str,
    name: str,
    files: SortedFiles,
    sensors: tuple[str, ...] | None,
) -> IngestedComponent:
    target = (resources.objects, resources.settings.engine_bucket, copy_prefix(job.dataset_id, job.id), name)
    write = partial(write_component, *target)
    return ingest_component(resources.objects, bucket, name, files.by_component[name], sensors, write)


def _tell(resources: Resources, job: IngestionJob, status_detail: str) -> None:
    with resources.database.begin() as connection:
        ingestion_jobs.tell(connection, job.id, status_detail)


def _succeed(resources: Resources, job: IngestionJob, dataset: Dataset, found: Ingested) -> None:
    columns = {name: component.columns for name, component in found.components.items()}
    kept = {} if dataset.schema else {"schema": schema_of(columns)}
    account = {"copy_prefix": copy_prefix(job.dataset_id, job.id)} | job_columns(found)
    content = {"status": "ACTIVE", "current_job_id": job.id} | kept
    _end(resources, job, "SUCCESS", account, content, sensor_rows(found))


def _fail(resources: Resources, job: IngestionJob, dataset: Dataset, reason: str) -> None:
    """The dataset keeps the content it had before."""
    unchanged = {"status": "ACTIVE" if dataset.current_job_id else "CREATED"}
    _end(resources, job, "FAILED", {"failed_reason": reason, "status_detail": None}, unchanged)


def _end(
    resources: Resources,
    job: IngestionJob,
    status: str,
    of_job: dict[str, Any],
    of_dataset: dict[str, Any],
    of_sensors: Sequence[dict[str, Any]] = (),
) -> None:
    """Write how the job ended; nothing when it has ended meanwhile, in the hands of another worker.

    A worker that lost its lock and comes back late must not put an old copy in the place of a newer one.
    """
    with resources.database.begin() as connection:
        now = resources.clock()
        if ingestion_jobs.end(connection, job.id, status=status, finished_at=now, **of_job):
            datasets.change(connection, job.dataset_id, updated_at=now, **of_dataset)
            sensor_statistics.add_all(connection, job.id, of_sensors)
    log.info("ingestion_recorded", job_id=job.id, status=status, failed_reason=of_job.get("failed_reason"))
