"""What training leaves behind: numbers only, nothing that can run."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.distances import reach
from service.engine.detection.scaling import Scaling
from service.engine.detection.steady import Steady

SMOOTHED_ROWS = 5  # the excess of this many rows is averaged
BLAMED_ROWS = 10  # name the sensors together in an alarm of the views; not fewer than `SMOOTHED_ROWS`
LONGEST_REST = 30  # rows; a sensor that may rest longer in training is never called stuck


@dataclass(frozen=True, eq=False)
class View:
    """What normal looks like over one length of time: a row beside the rows before it.

    directions: what the machine does, shape [lags, m, r] with orthonormal columns once flattened to [lags m, r];
    usual [m]: what is left of each sensor in nearly all normal rows (squared, summed over the lags);
    typical: logarithm of the largest share of `usual` among sensors, in the median of normal rows.
    """

    directions: np.ndarray
    usual: np.ndarray
    typical: float

    @property
    def lags(self) -> int:
        return len(self.directions)


@dataclass(frozen=True, eq=False)
class Distance:
    """Which values go together in means over so many rows and over those before them; rows = 0: in the row alone.

    precision [m, m]: inverse covariance; threshold: the squared distance from which on a row is anomalous.
    """

    rows: int
    precision: np.ndarray
    threshold: float


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A trained detector.

    sensors: all k names it was trained with, in the order of the contributions; mean [m] of the scaled rows;
    distances: the first is that of single rows; thresholds: mean excess from which on a row is anomalous, one for each
    number of views that see far enough back; steady: sensors that never moved; rest [k]: rows a sensor showed one value
    in training; longest_pause: after more than this between two rows, history starts anew; trained_rows: rows it learnt
    from.
    """

    sensors: tuple[str, ...]
    scaling: Scaling
    mean: np.ndarray
    distances: tuple[Distance, ...]
    views: tuple[View, ...]
    thresholds: tuple[float, ...]
    steady: Steady
    rest: np.ndarray
    longest_pause: np.timedelta64
    trained_rows: int

    @property
    def context_rows(self) -> int:
        """How many rows before a window scoring can use. Fewer do no harm: see `score`."""
        for_views = max((view.lags for view in self.views), default=1) - 1 + SMOOTHED_ROWS
        return max(for_views, max(reach(each.rows) for each in self.distances) + BLAMED_ROWS - 1)
