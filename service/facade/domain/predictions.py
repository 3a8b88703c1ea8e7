"""What a model said about the rows it scored, and what a caller may ask of it."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Prediction:
    r"""One scored row. `contributions[i]` is the share of `sensors[i]`, named `component\sensor`. Score and
    contributions are None where the service leaves them out (a machine that is off, models from before 2022)."""

    timestamp: datetime
    prediction: int
    prediction_reason: str | None = None
    anomaly_score: float | None = None
    sensors: tuple[str, ...] = ()
    contributions: tuple[float | None, ...] | None = None


@dataclass(frozen=True, eq=False)
class PredictionBatch:
    """Scored rows in columns, as they are read for an answer: one object for each row and cell would take most of the
    time. `shares` holds the float32 contributions of `sensors`, row after row; NaN says that there is none."""

    timestamps: Sequence[datetime]
    predictions: Sequence[int]
    reasons: Sequence[str | None]
    scores: Sequence[float | None]
    sensors: tuple[str, ...]
    shares: array

    def __len__(self) -> int:
        return len(self.timestamps)


@dataclass(frozen=True, kw_only=True)
class PredictionFilter:
    """Rows in (start_time, end_time], as in a window; None means "any"."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    min_score: float | None = None
    only_anomalies: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownContributions:
    """Which contributions an answer shows: those of `sensors` (None: of all), and of these the `most` largest of each
    row (None: all, 0: none)."""

    sensors: tuple[str, ...] | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class PredictionQuery:
    """A question about the predictions of one scheduler.

    `limit` None means all rows. At most one of these leads on or changes the order: `cursor` to the next page,
    `recorded_after` to the rows recorded since, in the order in which they were recorded; `max_points` asks for the
    extremes of so many points instead of every row.
    """

    wanted: PredictionFilter = PredictionFilter()
    shown: ShownContributions = ShownContributions()
    limit: int | None = None
    cursor: str | None = None
    recorded_after: str | None = None
    max_points: int | None = None
