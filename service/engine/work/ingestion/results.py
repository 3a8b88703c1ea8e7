"""What an ingestion came to, in the columns of its job and of its sensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.engine.detection.readings import moment
from service.engine.objects import StoredObject
from service.engine.work.ingestion.components import IngestedComponent
from service.engine.work.ingestion.layout import SortedFiles
from service.engine.work.ingestion.quality.issues import issues_in_words
from service.engine.work.ingestion.quality.statistics import SensorStatistics
from service.engine.work.ingestion.quality.summaries import data_quality_summary

DISCARDED_LISTED = 100


@dataclass(frozen=True, eq=False)
class Ingested:
    """Everything a job found out: per component, and the files that were left out with the reason."""

    components: Mapping[str, IngestedComponent]
    left_out: Sequence[tuple[StoredObject, str]]
    bucket: str
    sensors: Sequence[SensorStatistics]


def ingested(files: SortedFiles, components: Mapping[str, IngestedComponent], bucket: str) -> Ingested:
    """The results of all components, brought together."""
    stray = [(entry, "it is no CSV file of a component") for entry in files.discarded]
    unreadable = [entry for found in components.values() for entry in found.unreadable]
    sensors = [sensor for found in components.values() for sensor in found.account.statistics()]
    return Ingested(components, [*stray, *unreadable], bucket, sensors)


def job_columns(found: Ingested) -> dict[str, Any]:
    """What the row of the job says of the data."""
    components = found.components.values()
    accounts = [component.account for component in components]
    return {
        "data_quality_summary": data_quality_summary(accounts, found.sensors),
        "status_detail": issues_in_words(accounts, found.sensors, found.left_out),
        "ingested_files_summary": _files_summary(found),
        "ingested_data_size": sum(component.size for component in components),
        "data_start_time": moment(min(component.copy.start for component in components)),
        "data_end_time": moment(max(component.copy.end for component in components)),
    }


def sensor_rows(found: Ingested) -> list[dict[str, Any]]:
    """A row for each sensor, as store.sensor_statistics keeps it."""
    return [
        {
            "component": sensor.component,
            "sensor": sensor.sensor,
            "statistics": sensor.shown(),
            "data_start_time": sensor.start,
            "data_end_time": sensor.end,
        }
        for sensor in found.sensors
    ]


def _files_summary(found: Ingested) -> dict[str, Any]:
    read = sum(component.files for component in found.components.values())
    listed = [{"Bucket": found.bucket, "Key": entry.key} for entry, _ in found.left_out[:DISCARDED_LISTED]]
    return {
        "TotalNumberOfFiles": read + len(found.left_out),
        "IngestedNumberOfFiles": read,
        "DiscardedFiles": listed,
    }
