"""A labelled series, and what a method says of one. Needs numpy alone: peers run in an environment of their own."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Table:
    """times: datetime64[ns], ascending, shape [n]; values: float64 [n, k], NaN where nothing was read; k sensors."""

    times: np.ndarray
    values: np.ndarray
    sensors: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.times)

    def rows(self, chosen: slice) -> "Table":
        return Table(self.times[chosen], self.values[chosen], self.sensors)


@dataclass(frozen=True, eq=False)
class Case:
    """Learn from `training`, judge `series`, whose rows are faulty where the mask `faulty` says so.

    follows_training: whether the series goes on where training ends, so that its last rows are context; culprit: the
    sensor that is broken, where it is one; kind: what the fault is called.
    """

    training: Table
    series: Table
    faulty: np.ndarray
    follows_training: bool = False
    culprit: str = ""
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Verdict:
    """What a method says of a case: a score for each row and the share of each sensor in it, [n] and [n, k] (k is 0
    where a method has no shares), and above which score is an alarm. Seconds are those of CPU: of learning from the
    training, once for all cases that share it, and of scoring the series.
    """

    score: np.ndarray
    shares: np.ndarray
    threshold: float
    fit_seconds: float
    score_seconds: float

    @property
    def alarm(self) -> np.ndarray:
        return self.score > self.threshold


@dataclass(frozen=True, eq=False)
class Learnt:
    """A method that has learnt: `judge` gives scores and shares of a case, `threshold` what its training sets.

    The threshold is asked for apart, for what the rule for peers takes is not counted as their fitting.
    """

    judge: Callable[[Case], tuple[np.ndarray, np.ndarray]]
    threshold: Callable[[], float]


Learn = Callable[[Table], Learnt]


def no_shares(score: np.ndarray) -> np.ndarray:
    """What stands for the shares of a method that cannot tell sensors apart."""
    return np.empty((len(score), 0))
