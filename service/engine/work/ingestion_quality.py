"""What an ingestion has to say about the data: DataQualitySummary in the shape of the wire."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

SHORT_RANGE = timedelta(days=14)  # the service warns of sensors with less (AWS user guide, when ingestion jobs fail)


@dataclass
class ComponentQuality:
    """Counts over the files of one component; per sensor where an array stands."""

    sensors: tuple[str, ...]
    unsupported_times: int = 0
    duplicate_times: int = 0
    missing: np.ndarray = field(init=False)
    invalid: np.ndarray = field(init=False)
    present: np.ndarray = field(init=False)
    is_short: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.missing, self.invalid, self.present = (np.zeros(len(self.sensors), dtype=np.int64) for _ in range(3))
        self.is_short = np.zeros(len(self.sensors), dtype=bool)

    def count_values(self, values: np.ndarray, invalid: np.ndarray) -> None:
        """Count the cells of one file: values [n, k] with NaN for what is missing or bad, invalid [k]."""
        empty = np.isnan(values).sum(axis=0)
        self.invalid += invalid
        self.missing += empty - invalid
        self.present += len(values) - empty

    def judge_ranges(self, times: np.ndarray, values: np.ndarray) -> None:
        """Find sensors whose first and last value are less than 14 days apart; times [n], values [n, k]."""
        for column in range(values.shape[1]):
            own = times[np.isfinite(values[:, column])]
            self.is_short[column] = bool(len(own)) and own[-1] - own[0] < np.timedelta64(SHORT_RANGE)


def summary(components: Sequence[ComponentQuality]) -> dict[str, Any]:
    """DataQualitySummary of all components."""
    missing, invalid, present, short = (
        np.concatenate([getattr(component, name) for component in components])
        for name in ("missing", "invalid", "present", "is_short")
    )
    return {
        "InsufficientSensorData": {
            "MissingCompleteSensorData": {"AffectedSensorCount": int((present == 0).sum())},
            "SensorsWithShortDateRange": {"AffectedSensorCount": int(short.sum())},
        },
        "MissingSensorData": {
            "AffectedSensorCount": int((missing > 0).sum()),
            "TotalNumberOfMissingValues": int(missing.sum()),
        },
        "InvalidSensorData": {
            "AffectedSensorCount": int((invalid > 0).sum()),
            "TotalNumberOfInvalidValues": int(invalid.sum()),
        },
        "UnsupportedTimestamps": {
            "TotalNumberOfUnsupportedTimestamps": sum(component.unsupported_times for component in components)
        },
        "DuplicateTimestamps": {
            "TotalNumberOfDuplicateTimestamps": sum(component.duplicate_times for component in components)
        },
    }
