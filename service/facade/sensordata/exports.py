r"""Predictions as tables, written piece by piece while they are read: CSV, Parquet, Arrow stream.

Columns: `timestamp` (microseconds, UTC), `prediction` (int8), `prediction_reason` (dictionary), `anomaly_score`
(float64), and the contribution of each sensor `component\sensor` (float32; null where there is none to show).
Memory is bounded by the batch, never by the range.
"""

import csv as text_csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from service.facade.domain.predictions import PredictionBatch
from service.facade.sensordata.exports_shares import shown_shares

_REASONS = ("ANOMALY_DETECTED", "NO_ANOMALY_DETECTED", "MACHINE_OFF")
_FIXED = [
    pa.field("timestamp", pa.timestamp("us", "UTC"), nullable=False),
    pa.field("prediction", pa.int8(), nullable=False),
    pa.field("prediction_reason", pa.dictionary(pa.int16(), pa.string())),
    pa.field("anomaly_score", pa.float64()),
]
_END = "\r\n"  # as RFC 4180 has it
_NEEDS_QUOTES = frozenset('",\r\n')
Batches = Iterable[list[PredictionBatch]]


class _Outbox(io.RawIOBase):
    """A file that hands out what was written to it since it was last asked."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def parquet(batches: Batches, sensors: Sequence[str], most: int | None) -> Iterator[bytes]:
    """A file with a row group for each batch; it is complete when its footer has come."""
    outbox = _Outbox()
    with pq.ParquetWriter(outbox, _schema(sensors)) as writer:
        for group in batches:
            for batch in group:
                writer.write_batch(_record_batch(batch, sensors, most))
            yield outbox.take()
    yield outbox.take()


def arrow_stream(batches: Batches, sensors: Sequence[str], most: int | None) -> Iterator[bytes]:
    """The streaming format of Arrow IPC; it is complete when its end-of-stream mark has come."""
    outbox = _Outbox()
    with pa.ipc.new_stream(outbox, _schema(sensors)) as writer:
        for group in batches:
            for batch in group:
                writer.write_batch(_record_batch(batch, sensors, most))
            yield outbox.take()
    yield outbox.take()


def csv(batches: Batches, sensors: Sequence[str], most: int | None) -> Iterator[bytes]:
    """A header and a line for each prediction; times end in Z, what there is not is an empty cell."""
    header = io.StringIO()
    text_csv.writer(header, lineterminator=_END).writerow(_schema(sensors).names)
    yield header.getvalue().encode()
    for group in batches:
        for batch in group:
            yield _lines(_record_batch(batch, sensors, most))


def _schema(sensors: Sequence[str]) -> pa.Schema:
    return pa.schema([*_FIXED, *(pa.field(name, pa.float32()) for name in sensors)])


def _record_batch(batch: PredictionBatch, sensors: Sequence[str], most: int | None) -> pa.RecordBatch:
    columns = np.ascontiguousarray(shown_shares(batch, sensors, most).T)
    arrays = [
        pa.array(batch.timestamps, _FIXED[0].type),
        pa.array(batch.predictions, _FIXED[1].type),
        _encoded(batch.reasons),
        pa.array(batch.scores, _FIXED[3].type),
        *(pa.array(column, from_pandas=True) for column in columns),
    ]
    return pa.record_batch(arrays, schema=_schema(sensors))


def _encoded(reasons: Sequence[str | None]) -> pa.DictionaryArray:
    """Over the reasons there are, in the same order in every batch; readers need to be told of others only."""
    words = [*_REASONS, *sorted(set(reasons) - {*_REASONS, None})]
    number = {word: at for at, word in enumerate(words)}
    indices = pa.array([number.get(reason) for reason in reasons], pa.int16())
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def _lines(rows: pa.RecordBatch) -> bytes:
    reasons = rows.column(2).cast(pa.string())
    odd = any(_NEEDS_QUOTES & set(reason) for reason in reasons.unique().to_pylist() if reason)
    plain = rows.set_column(0, "timestamp", _iso(rows.column(0))).set_column(2, "prediction_reason", reasons)
    style = "needed" if odd else "none"  # "needed" puts quotes around every text
    lines = io.BytesIO()
    options = arrow_csv.WriteOptions(include_header=False, eol=_END, quoting_style=style, batch_size=len(rows) or 1)
    arrow_csv.write_csv(plain, lines, options)
    return lines.getvalue()


def _iso(times: pa.Array) -> pa.Array:
    """`2026-03-01T12:05:00Z`, with microseconds where any time of the batch has some."""
    whole = compute.floor_temporal(times, unit="second").equals(times)
    return compute.strftime(times.cast(pa.timestamp("s", "UTC")) if whole else times, "%Y-%m-%dT%H:%M:%SZ")
