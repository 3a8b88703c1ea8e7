"""The same small table in every format that is read."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "arrow file": "application/vnd.apache.arrow.file",
}
WIDE = b"t,flow,pressure,speed\n2026-01-01T00:01:00,1,2,3\n2026-01-01T00:06:00,4,,6\n"
ROWS = [
    {"t": datetime(2026, 1, 1, 0, 1, tzinfo=UTC), "flow": 1.0, "pressure": 2.0, "speed": 3.0},
    {"t": datetime(2026, 1, 1, 0, 6, tzinfo=UTC), "flow": 4.0, "pressure": None, "speed": 6.0},
]
INPUT_FILES = {
    "pump_20260101000000.csv": "Timestamp,flow,pressure\n2026-01-01T00:01:00.000000,1.0,2.0\n",
    "pump_20260101000500.csv": "Timestamp,flow,pressure\n2026-01-01T00:06:00.000000,4.0,\n",
    "motor_20260101000000.csv": "Timestamp,speed\n2026-01-01T00:01:00.000000,3.0\n",
    "motor_20260101000500.csv": "Timestamp,speed\n2026-01-01T00:06:00.000000,6.0\n",
}
NDJSON = (
    b'{"t": "2026-01-01T00:01:00", "flow": 1, "pressure": 2.0, "speed": 3}\n\n'
    b'{"speed": "6", "t": "2026-01-01T00:06:00", "flow": 4e0}\n'
)


def parquet(table: pa.Table, **options) -> bytes:
    sink = BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def arrow(table: pa.Table, open_sink: Callable = pa.ipc.new_stream, batch: int | None = None, **options) -> bytes:
    sink = BytesIO()
    with open_sink(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, batch)
    return sink.getvalue()


def as_format(name: str) -> bytes:
    table = pa.Table.from_pylist(ROWS)
    if name == "parquet":
        return parquet(table)
    if name.startswith("arrow"):
        return arrow(table, pa.ipc.new_file if name == "arrow file" else pa.ipc.new_stream)
    return {"csv": WIDE, "ndjson": NDJSON}[name]
