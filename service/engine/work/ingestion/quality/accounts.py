"""The account that an ingestion keeps of one component, in memory that does not grow with its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from service.engine.work.ingestion.quality.statistics import SensorStatistics
from service.engine.work.ingestion.quality.traces import Trace


@dataclass(eq=False)
class ComponentAccount:
    """Counts over the files of one component; per sensor where an array stands."""

    component: str
    sensors: tuple[str, ...]
    rows: int = 0
    bad_times: int = 0
    duplicates: int = 0
    missing: np.ndarray = field(init=False)
    invalid: np.ndarray = field(init=False)
    traces: Sequence[Trace] = field(init=False, default=())

    def __post_init__(self) -> None:
        self.missing, self.invalid = (np.zeros(len(self.sensors), dtype=np.int64) for _ in range(2))

    def count_cells(self, times: np.ndarray, values: np.ndarray, invalid: np.ndarray) -> None:
        """Count the cells of a part of a file, in any order.

        Args:
            times: [n], NaT where a time could not be understood.
            values: [n, k], NaN for what is missing or bad.
            invalid: [k], how many are bad.
        """
        self.rows += len(times)
        self.bad_times += int(np.count_nonzero(np.isnat(times)))
        self.invalid += invalid
        self.missing += np.count_nonzero(np.isnan(values), axis=0) - invalid

    def follow(self, times: np.ndarray, values: np.ndarray) -> None:
        """Look at the rows that are kept, in the order of time and in any pieces; times [n], values [n, k]."""
        if not self.traces:
            self.traces = [Trace() for _ in self.sensors]
        for trace, column in zip(self.traces, values.T, strict=True):
            trace.follow(times, column)

    def statistics(self) -> list[SensorStatistics]:
        """What was found out, sensor by sensor."""
        traces = self.traces or [Trace() for _ in self.sensors]
        return [
            SensorStatistics(
                component=self.component,
                sensor=sensor,
                rows=self.rows,
                missing=int(self.missing[number]),
                invalid=int(self.invalid[number]),
                bad_times=self.bad_times,
                duplicates=self.duplicates,
                trace=traces[number],
            )
            for number, sensor in enumerate(self.sensors)
        ]
