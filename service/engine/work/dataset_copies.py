"""The service copy of a dataset: one Parquet file per component in the engine's bucket, in time order."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from service.engine.detection import Readings
from service.engine.objects import ObjectStore

_TIME = "Timestamp"  # first column; sensors follow in schema order, so no name can clash with it


def copy_prefix(dataset_id: str, job_id: str) -> str:
    return f"datasets/{dataset_id}/{job_id}/"


def write_copy(objects: ObjectStore, bucket: str, prefix: str, component: str, readings: Readings) -> None:
    """Write one component's readings."""
    columns = [pa.array(readings.times), *(pa.array(column, from_pandas=True) for column in readings.values.T)]
    table = pa.Table.from_arrays(columns, names=[_TIME, *(f"{number}" for number in range(len(readings.sensors)))])
    body = BytesIO()
    pq.write_table(table.replace_schema_metadata({"sensors": "\n".join(readings.sensors)}), body, compression="zstd")
    objects.put(bucket, _key(prefix, component), body.getvalue())


def read_copy(
    objects: ObjectStore, bucket: str, prefix: str, components: Mapping[str, tuple[str, ...]]
) -> list[Readings]:
    """Readings of these components, each with these sensors alone.

    Raises:
        ObjectsRefused: the copy is gone.
        ValueError: a sensor is not in the copy.
    """
    return [_read(objects.get(bucket, _key(prefix, name)), name, sensors) for name, sensors in components.items()]


def _read(body: bytes, component: str, sensors: tuple[str, ...]) -> Readings:
    table = pq.read_table(pa.BufferReader(body))
    names = tuple(table.schema.metadata[b"sensors"].decode().split("\n"))
    values = np.column_stack([column.to_numpy() for column in table.columns[1:]]).astype(np.float64, copy=False)
    times = table[_TIME].to_numpy().astype("datetime64[ns]")
    return Readings(times, values, names).of_sensors([f"{component}\\{sensor}" for sensor in sensors])


def _key(prefix: str, component: str) -> str:
    return f"{prefix}{component}.parquet"
