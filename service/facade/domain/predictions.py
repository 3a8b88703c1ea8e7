"""What a model said about the rows it scored, and what a caller may ask of it."""

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


@dataclass(frozen=True, kw_only=True)
class PredictionFilter:
    """Rows in (start_time, end_time], as in a window; None means "any"."""

    start_time: datetime | None = None
    end_time: datetime | None = None
    min_score: float | None = None
    only_anomalies: bool = False


def top_contributors(prediction: Prediction, most: int | None) -> list[tuple[str, float]]:
    """(sensor, share) of the `most` sensors that contribute most, the largest first; None means all of them."""
    shares = prediction.contributions or ()
    return [(prediction.sensors[at], shares[at]) for at in largest_first(shares)[:most]]


def largest_first(shares: Sequence[float | None]) -> list[int]:
    """Where the largest share stands, then the next; sensors without a share are left out."""
    known = [at for at, share in enumerate(shares) if share is not None]
    return sorted(known, key=shares.__getitem__, reverse=True)
