"""Results as the service left them in a bucket: one object for each window of five minutes."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass
class Archive:
    """Result objects below a prefix; the n-th window begins 5n minutes after `start`."""

    s3: Any
    bucket: str
    prefix: str
    start: datetime

    def put(self, number: int, score: float = 0.25, rows: int = 1, name: str = "results.jsonl") -> str:
        """Minutes 1 to `rows` of a window; the key."""
        start = self.start + timedelta(minutes=5 * number)
        lines = (_line(start + timedelta(minutes=row + 1), score) for row in range(rows))
        return self.write(f"{start:%Y-%m-%dT%H:%M:%SZ}/{name}", "".join(f"{line}\n" for line in lines).encode())

    def put_many(self, numbers: Iterable[int]) -> None:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(self.put, numbers))

    def write(self, name: str, content: bytes) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=content)
        return self.prefix + name


def _line(time: datetime, score: float) -> str:
    shares = [{"name": "pump\\flow", "value": 0.75}, {"name": "pump\\power", "value": 0.25}]
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return json.dumps(
        {"timestamp": stamp, "prediction": int(score > 0.5), "anomaly_score": score, "diagnostics": shares}
    )
