"""What an ingestion has to say about the data as a whole: DataQualitySummary in the shape of the wire."""

from collections.abc import Callable, Sequence
from typing import Any

from service.engine.work.ingestion.quality.accounts import ComponentAccount
from service.engine.work.ingestion.quality.statistics import SensorStatistics


def data_quality_summary(accounts: Sequence[ComponentAccount], found: Sequence[SensorStatistics]) -> dict[str, Any]:
    """DataQualitySummary of all components and their sensors."""
    return {
        "InsufficientSensorData": {
            "MissingCompleteSensorData": _affected(found, lambda sensor: not sensor.has_data),
            "SensorsWithShortDateRange": _affected(found, lambda sensor: sensor.is_short),
        },
        "MissingSensorData": _affected(found, lambda sensor: sensor.missing > 0)
        | {"TotalNumberOfMissingValues": sum(sensor.missing for sensor in found)},
        "InvalidSensorData": _affected(found, lambda sensor: sensor.invalid > 0)
        | {"TotalNumberOfInvalidValues": sum(sensor.invalid for sensor in found)},
        "UnsupportedTimestamps": {"TotalNumberOfUnsupportedTimestamps": sum(account.bad_times for account in accounts)},
        "DuplicateTimestamps": {"TotalNumberOfDuplicateTimestamps": sum(account.duplicates for account in accounts)},
    }


def _affected(found: Sequence[SensorStatistics], is_affected: Callable[[SensorStatistics], bool]) -> dict[str, int]:
    return {"AffectedSensorCount": sum(map(is_affected, found))}
