"""One sensor followed through its values in the order of time."""

from dataclasses import dataclass, field

import numpy as np

from service.engine.work.ingestion.quality.histograms import Histogram

NEVER, NO_GAP = np.datetime64("NaT", "ns"), np.timedelta64(0, "ns")
LARGE_GAP = np.timedelta64(1, "D")
CATEGORIES = 10  # different values at most, where a sensor tells states rather than measures
_PEEK = 1000  # values; a sensor that measures shows more than ten different ones among them


@dataclass(eq=False)
class Trace:
    """What the values of a sensor come to: nothing of it grows with their number.

    rises and falls: steps to a higher or lower value, leaving out those without a change; categories: how often each
    value was met, None when there are more than ten of them.
    """

    values: int = 0
    first: np.datetime64 = NEVER
    last: np.datetime64 = NEVER
    last_value: float = np.nan
    large_gaps: int = 0
    longest_gap: np.timedelta64 = NO_GAP
    rises: int = 0
    falls: int = 0
    categories: dict[float, int] | None = field(default_factory=dict)
    histogram: Histogram = field(default_factory=Histogram)

    def follow(self, times: np.ndarray, values: np.ndarray) -> None:
        """Go on with a piece; times [n] ascending and later than those before, values [n], NaN for none."""
        present = np.isfinite(values)
        if not present.all():
            times, values = times[present], values[present]
        if not len(values):
            return
        self._follow_times(times)
        self._follow_steps(values)
        self._count_categories(values)
        self.histogram.add(values)
        self.values += len(values)
        self.first = self.first if self.values > len(values) else times[0]
        self.last, self.last_value = times[-1], float(values[-1])

    def _follow_times(self, times: np.ndarray) -> None:
        gaps = np.diff(np.concatenate([[self.last], times]) if self.values else times)
        if len(gaps):
            self.large_gaps += int(np.count_nonzero(gaps >= LARGE_GAP))
            self.longest_gap = max(self.longest_gap, gaps.max())

    def _follow_steps(self, values: np.ndarray) -> None:
        before, after = values[:-1], values[1:]
        self.rises += int(np.count_nonzero(after > before)) + int(values[0] > self.last_value)
        self.falls += int(np.count_nonzero(after < before)) + int(values[0] < self.last_value)

    def _count_categories(self, values: np.ndarray) -> None:
        if self.categories is None:
            return
        if len(np.unique(values[:_PEEK])) > CATEGORIES:
            self.categories = None
            return
        for value, count in zip(*np.unique(values, return_counts=True), strict=True):
            self.categories[float(value)] = self.categories.get(float(value), 0) + int(count)
        if len(self.categories) > CATEGORIES:
            self.categories = None
