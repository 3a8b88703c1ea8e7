"""ListSensorStatistics."""

from typing import Any

from service.engine.operations.datasets import require_dataset
from service.engine.operations.paging import asked_page, show_page
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ResourceNotFoundException
from service.engine.store import ingestion_jobs, sensor_statistics
from service.engine.store.datasets import Dataset
from service.engine.store.sensor_statistics import SensorSummary


def list_sensor_statistics(call: Call, unit: Unit) -> dict[str, Any]:
    """Sensors of the dataset's content, or of an earlier job, in the order of their names as texts.

    A dataset without content, and a job that has not succeeded, have none.
    """
    page = asked_page(call, str, str)
    job_id = _job_id(call, require_dataset(unit, call.params["DatasetName"]), unit)
    rows = sensor_statistics.page(unit.connection, job_id, after=page.after, limit=page.limit) if job_id else []
    return show_page(
        page, rows, "SensorStatisticsSummaries", key=lambda row: [row.component, row.sensor], show=_summary
    )


def _job_id(call: Call, dataset: Dataset, unit: Unit) -> str | None:
    asked = call.params.get("IngestionJobId", "").lower()
    if not asked:
        return dataset.current_job_id
    job = ingestion_jobs.find(unit.connection, unit.scope, asked)
    if not job or job.dataset_id != dataset.id:
        raise ResourceNotFoundException(f"data ingestion job of the dataset {dataset.name!r}", asked)
    return job.id


def _summary(row: SensorSummary) -> dict[str, Any]:
    return {
        "ComponentName": row.component,
        "SensorName": row.sensor,
        **row.statistics,
        "DataStartTime": row.data_start_time,
        "DataEndTime": row.data_end_time,
    }
