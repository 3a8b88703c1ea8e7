"""The statistics of one sensor, judged by fixed rules, in the shape of the wire.

AWS names the checks and not their thresholds. Ours are these, and docs/operations.md says them to users.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.engine.detection.readings import moment
from service.engine.work.ingestion.quality.traces import Trace

ENOUGH = 300  # values, two weeks of hours; fewer are judged by their gaps alone
STILL = 0.99  # of all values are one and the same: a sensor that stands still
ONE_WAY = 0.99  # of the steps that change the value go up, or go down: it counts or wears
SHORT_RANGE = timedelta(days=14)  # the service warns of sensors with less (AWS user guide, when ingestion jobs fail)
_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class SensorStatistics:
    """What an ingestion found out about one sensor. `rows` are those of its component's files, counted as read.

    missing, invalid: cells that are empty, or neither empty nor a number; bad_times, duplicates: rows without a
    readable time, or with that of a later row.
    """

    component: str
    sensor: str
    rows: int
    missing: int
    invalid: int
    bad_times: int
    duplicates: int
    trace: Trace

    @property
    def has_data(self) -> bool:
        return self.trace.values > 0

    @property
    def start(self) -> datetime | None:
        """The time of the first value."""
        return moment(self.trace.first) if self.has_data else None

    @property
    def end(self) -> datetime | None:
        """The time of the last value."""
        return moment(self.trace.last) if self.has_data else None

    @property
    def is_short(self) -> bool:
        """Whether its values span less than 14 days."""
        return self.has_data and self.end - self.start < SHORT_RANGE

    def shown(self) -> dict[str, Any]:
        """The members of a SensorStatisticsSummary but for names and times."""
        return {
            "DataExists": self.has_data,
            "MissingValues": self._share(self.missing),
            "InvalidValues": self._share(self.invalid),
            "InvalidDateEntries": self._share(self.bad_times),
            "DuplicateTimestamps": self._share(self.duplicates),
            "CategoricalValues": _categorical(self.trace),
            "MultipleOperatingModes": _status(_is_judged(self.trace) and self.trace.histogram.has_several_modes()),
            "LargeTimestampGaps": _gaps(self.trace),
            "MonotonicValues": _monotonic(self.trace),
        }

    def _share(self, count: int) -> dict[str, Any]:
        return {"Count": count, "Percentage": round(100 * count / self.rows, 4) if self.rows else 0.0}


def _is_judged(trace: Trace) -> bool:
    return trace.values >= ENOUGH


def _categorical(trace: Trace) -> dict[str, Any]:
    number = len(trace.categories or ())
    return _status(_is_judged(trace) and number > 1, NumberOfCategory=number)


def _gaps(trace: Trace) -> dict[str, Any]:
    days = int(trace.longest_gap.astype("timedelta64[us]").item() // _DAY)
    return _status(trace.large_gaps > 0, NumberOfLargeTimestampGaps=trace.large_gaps, MaxTimestampGapInDays=days)


def _monotonic(trace: Trace) -> dict[str, Any]:
    return _status((way := _way(trace)) is not None, Monotonicity=way)


def _way(trace: Trace) -> str | None:
    if not _is_judged(trace):
        return None
    if trace.categories and max(trace.categories.values()) >= STILL * trace.values:
        return "STATIC"
    steps = trace.rises + trace.falls
    if steps < ENOUGH:
        return None
    if trace.rises >= ONE_WAY * steps:
        return "INCREASING"
    return "DECREASING" if trace.falls >= ONE_WAY * steps else None


def _status(is_issue: bool, **details: Any) -> dict[str, Any]:
    """The verdict of a check, with its details where there is something to tell."""
    if not is_issue:
        return {"Status": "NO_ISSUE_DETECTED"}
    return {"Status": "POTENTIAL_ISSUE_DETECTED", **details}
