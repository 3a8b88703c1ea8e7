"""How much memory exports take at their height, measured in a process that does nothing else: what other threads
allocate would count as well. Prints the bytes for each format and each number of days as JSON."""

import json
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pyarrow as pa
from scored_plant import START

from service.facade.domain.predictions import PredictionBatch
from service.facade.sensordata import exports, exports_json

SENSORS = tuple(f"pump\\sensor{number}" for number in range(30))
ROWS = 480
FORMATS = {
    "csv": exports.csv,
    "parquet": exports.parquet,
    "arrow": exports.arrow_stream,
    "ndjson": exports_json.ndjson,
}
FEW, MANY = 3, 12


def days(count: int) -> Iterator[list[PredictionBatch]]:
    """A batch for each day with a row every three minutes, made when it is asked for."""
    for day in range(count):
        rng = np.random.default_rng(day)
        yield [
            PredictionBatch(
                timestamps=[START + timedelta(days=day, minutes=3 * minute + 3) for minute in range(ROWS)],
                predictions=[0] * ROWS,
                reasons=["NO_ANOMALY_DETECTED"] * ROWS,
                scores=rng.random(ROWS).round(5).tolist(),
                sensors=SENSORS,
                shares=rng.random((ROWS, len(SENSORS)), np.float32).tobytes(),
            )
        ]


def peak(kind: str, count: int) -> int:
    """Bytes of Python at its height, and of Arrow, which has memory of its own, between two pieces."""
    written, arrow = 0, 0
    tracemalloc.start()
    for piece in FORMATS[kind](days(count), SENSORS, None):
        written, arrow = written + len(piece), max(arrow, pa.total_allocated_bytes())
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert written > count * ROWS * len(SENSORS)
    return python + arrow


def peaks(kind: str) -> dict[int, int]:
    """The height by the number of days."""
    peak(kind, 1)  # whatever is made once
    return {count: peak(kind, count) for count in (FEW, MANY)}


if __name__ == "__main__":
    print(json.dumps({kind: peaks(kind) for kind in FORMATS}))
