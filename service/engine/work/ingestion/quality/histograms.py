"""How often a sensor has which values, in bounded memory, whatever comes and in whatever pieces."""

from dataclasses import dataclass, field
from math import frexp

import numpy as np

BINS = 1024
MANTISSA = 52  # bits; finer bins than the numbers themselves are of no use

TAIL = 0.001  # of the values at either end are left aside, so that a wild one does not squeeze the rest together
COARSE = 64
SMOOTHED_OVER = 8  # bins; as much as hides the steps of a sensor that knows ten values or more
VALLEY = 0.2  # of the lower of the two hills around it; the swing of a sine leaves 0.35
SMALLEST_SHARE = 0.05  # of all values, on either side of a valley


@dataclass(eq=False)
class Histogram:
    """Counts of values by bins of the width 2 ** `exponent`, at multiples of it; bin 0 is number `first`.

    Bins double their width when they would be more than 1024, and a bin of the double width is two of the others
    exactly. So the same values make the same histogram in any order and in any pieces.
    """

    exponent: int = 0
    first: int = 0
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, values: np.ndarray) -> None:
        """Count these values, which are finite and at least one."""
        low, high = float(values.min()), float(values.max())
        exponent = max(frexp(low)[1], frexp(high)[1]) - MANTISSA
        exponent = max(exponent, self.exponent) if len(self.counts) else exponent
        while (span := self._span(low, high, exponent))[1] - span[0] >= BINS:
            exponent += 1
        self._widen(exponent, *span)
        self.counts += np.bincount(_bins(values, exponent) - self.first, minlength=len(self.counts))

    def has_several_modes(self) -> bool:
        """Whether the values lie in separate heaps: a deep valley with enough of them on either side."""
        counts = _coarse(self.counts)
        if len(counts) < SMOOTHED_OVER:
            return False
        window = max(1, len(counts) // SMOOTHED_OVER)
        height = np.convolve(counts, np.ones(window), "valid")
        lower_hill = np.minimum(np.maximum.accumulate(height), np.maximum.accumulate(height[::-1])[::-1])
        before = np.cumsum(counts)[window // 2 :][: len(height)] / counts.sum()
        divides = (before >= SMALLEST_SHARE) & (before <= 1 - SMALLEST_SHARE)
        return bool((divides & (height <= VALLEY * lower_hill)).any())

    def _span(self, low: float, high: float, exponent: int) -> tuple[int, int]:
        """Numbers of the first and the last bin of that width, over these values and all before them."""
        first, last = _bins(np.array([low, high]), exponent).tolist()
        if len(self.counts):
            wider = exponent - self.exponent
            first = min(first, self.first >> wider)
            last = max(last, (self.first + len(self.counts) - 1) >> wider)
        return first, last

    def _widen(self, exponent: int, first: int, last: int) -> None:
        counts = np.zeros(last - first + 1, dtype=np.int64)
        if len(self.counts):
            numbers = (np.arange(len(self.counts)) + self.first) >> (exponent - self.exponent)
            np.add.at(counts, numbers - first, self.counts)
        self.exponent, self.first, self.counts = exponent, first, counts


def _bins(values: np.ndarray, exponent: int) -> np.ndarray:
    """Numbers of the bins of that width that the values lie in."""
    scaled = np.ldexp(values, -exponent)
    lost = (scaled == 0) & (values < 0)  # below the smallest number there is, and still left of zero
    return np.floor(scaled).astype(np.int64) - lost


def _coarse(counts: np.ndarray) -> np.ndarray:
    """At most 64 bins over all values but the outermost."""
    share = np.cumsum(counts) / counts.sum()
    first, last = np.searchsorted(share, [TAIL, 1 - TAIL])
    kept = counts[first : last + 1]
    return np.add.reduceat(kept, np.arange(0, len(kept), -(-len(kept) // COARSE)))
