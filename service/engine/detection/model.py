"""What training leaves behind: numbers only, nothing that can run."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Horizon:
    """What normal looks like over one length of time.

    rows: how many rows a mean is taken over; mean [d] and precision [d, d] describe the features of `lagged_means`,
    d being twice the number of moving sensors; threshold: the squared distance from which on a row is anomalous.
    """

    rows: int
    mean: np.ndarray
    precision: np.ndarray
    threshold: float


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A trained detector.

    sensors: all k names it was trained with, in the order of the contributions; longest_pause: after more than this
    between two rows, history starts anew; trained_rows: rows it learnt from.
    """

    sensors: tuple[str, ...]
    scaling: Scaling
    horizons: tuple[Horizon, ...]
    longest_pause: np.timedelta64
    trained_rows: int

    @property
    def context_rows(self) -> int:
        """How many rows before a window scoring can use. Fewer do no harm: see `score`."""
        return 2 * max(horizon.rows for horizon in self.horizons)
