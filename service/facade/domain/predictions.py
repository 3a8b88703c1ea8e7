"""What a model said about the rows of one execution, and a query for such predictions."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Prediction:
    """One scored row. `contributions[i]` is the share of `sensors[i]` of its `ExecutionResult`; score and
    contributions are None where the service left them out (a machine that is off, models from before 2022)."""

    timestamp: datetime
    prediction: int
    prediction_reason: str | None = None
    anomaly_score: float | None = None
    contributions: tuple[float | None, ...] | None = None


@dataclass(frozen=True)
class ExecutionResult:
    r"""The result of one execution: `sensors` are the names `component\sensor` of all contributions, named once."""

    sensors: tuple[str, ...]
    predictions: tuple[Prediction, ...]
