"""A scheduler at the wire whose executions leave result objects in a real bucket."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 3, 1, tzinfo=UTC)
SENSORS = ("pump\\flow", "pump\\power", "motor\\speed")


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@dataclass
class Plant:
    """Plays the engine: `score(n)` is the execution of the n-th window of five minutes after midnight."""

    s3: Any
    bucket: str
    upstream: Any
    name: str

    def score(
        self, number: int, score: float = 0.2, shares: tuple[float, ...] = (0.5, 0.3, 0.2), rows: int = 5
    ) -> None:
        """Minutes 1 to 5 of the window get this score and these shares; scoring it again replaces its results."""
        start = START + timedelta(minutes=5 * number)
        lines = [self._line(start + timedelta(minutes=row + 1), score, shares) for row in range(rows)]
        self.write(number, "".join(json.dumps(line) + "\n" for line in lines).encode())

    def write(self, number: int, content: bytes) -> None:
        start = START + timedelta(minutes=5 * number)
        key = f"out/{start:%Y-%m-%dT%H:%M:%SZ}/results.jsonl"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        others = [one for one in self.executions if one["DataStartTime"] != start.timestamp()]
        self.executions[:] = sorted(
            [*others, self._execution(start, key)], key=lambda one: one["DataStartTime"], reverse=True
        )

    @property
    def executions(self) -> list[dict[str, Any]]:
        return self.upstream.executions.setdefault(self.name, [])

    def _execution(self, start: datetime, key: str) -> dict[str, Any]:
        begin = int(start.timestamp())
        return {
            "ScheduledStartTime": begin + 300,
            "DataStartTime": begin,
            "DataEndTime": begin + 300,
            "Status": "SUCCESS",
            "CustomerResultObject": {"Bucket": self.bucket, "Key": key},
        }

    def _line(self, time: datetime, score: float, shares: tuple[float, ...]) -> dict[str, Any]:
        return {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.%f"),
            "prediction": int(score > 0.5),
            "prediction_reason": "ANOMALY_DETECTED" if score > 0.5 else "NO_ANOMALY_DETECTED",
            "anomaly_score": score,
            "diagnostics": [{"name": n, "value": v} for n, v in zip(SENSORS, shares, strict=True)],
        }
