"""What is normal, as far as rows and the rows before them tell; the distances of a model come later."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.lagged import LaggedMoments, merged
from service.engine.detection.numbers import Numbers
from service.engine.detection.shrinkage import precision_of
from service.engine.detection.subspace import leading_directions


@dataclass(frozen=True, eq=False)
class Candidate:
    """mean [m] of the scaled rows; precision [m, m] of means over rows; directions of each view, [lags, m, r]."""

    mean: np.ndarray
    precisions: tuple[np.ndarray, ...]
    directions: tuple[np.ndarray, ...]

    def numbers(self, prefix: str) -> Numbers:
        """The candidate as arrays whose names begin with the prefix."""
        arrays = {f"{prefix}_precision_{number}": each for number, each in enumerate(self.precisions)}
        return (
            arrays
            | {f"{prefix}_mean": self.mean}
            | {f"{prefix}_directions_{len(view)}": view for view in self.directions}
        )

    @classmethod
    def of(cls, numbers: Numbers, prefix: str, lags: list[int]) -> "Candidate":
        """The candidate that these arrays hold, among others."""
        precisions = tuple(numbers[f"{prefix}_precision_{number}"] for number in range(len(numbers["rows_meant"])))
        directions = tuple(numbers[f"{prefix}_directions_{each}"] for each in lags)
        return cls(numbers[f"{prefix}_mean"], precisions, directions)


def solve(blocks: list[LaggedMoments], amounts: dict[int, float], lags: list[int]) -> Candidate:
    """The candidate that the blocks tell of; its arrays hold single precision, as they are stored."""
    together = merged(blocks)
    views = [leading_directions(together.embedded(each)).reshape(each, len(together.mean), -1) for each in lags]
    precisions = tuple(precision_of(blocks, rows, amount) for rows, amount in amounts.items())
    return Candidate(together.mean, precisions, tuple(_stored(view) for view in views))


def _stored(view: np.ndarray) -> np.ndarray:
    return view.astype(np.float32).astype(np.float64)
