"""Exports take as much memory for a month as for a day."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from scored_plant import START

from service.facade.domain.predictions import PredictionBatch
from service.facade.sensordata import exports, exports_json

SENSORS = tuple(f"pump\\sensor{number}" for number in range(30))
ROWS = 480
MEGABYTE = 2**20


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


@pytest.mark.parametrize("write", [exports.csv, exports.parquet, exports.arrow_stream, exports_json.ndjson])
def test_a_month_takes_no_more_memory_than_a_few_days(write):
    def peak(count: int) -> int:
        """Bytes of Python at its height, and of Arrow, which has memory of its own, between two pieces."""
        written, arrow = 0, 0
        tracemalloc.start()
        for piece in write(days(count), SENSORS, None):
            written, arrow = written + len(piece), max(arrow, pa.total_allocated_bytes())
        python = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert written > count * ROWS * len(SENSORS)
        return python + arrow

    peak(1)  # whatever is made once
    few = peak(3)
    assert peak(12) < few + MEGABYTE
