"""The service copy of a dataset: for each component Parquet files of bounded size in time order, and an index.

    datasets/<dataset>/<job>/<component>.json             which files there are, and from when to when
    datasets/<dataset>/<job>/<component>/<try>-00000.parquet

The index is written last and names its files below the copy's prefix, so a copy is complete or not there, and stays
one when it is copied elsewhere. A job that had to be tried again writes files of new names.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from uuid import uuid4

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from service.engine.objects import ObjectStore
from service.engine.work.frames.sorted_runs import Rows

PIECE_CELLS = 500_000  # rows x sensors of one file, about 4 MB
GROUP_ROWS = 16_384
_TIME = "Timestamp"  # first column; sensors follow by number, so no name can clash with it


@dataclass(frozen=True)
class RowGroup:
    """`rows` rows of a file from `start` on, in nanoseconds since 1970."""

    start: int
    rows: int


@dataclass(frozen=True)
class CopyFile:
    """One file; `end` is the time of its last row."""

    key: str
    end: int
    groups: tuple[RowGroup, ...]


@dataclass(frozen=True)
class ComponentCopy:
    """What the index of a component says. Files ascend in time and share none."""

    component: str
    sensors: tuple[str, ...]
    files: tuple[CopyFile, ...]

    @property
    def start(self) -> np.datetime64:
        return np.datetime64(self.files[0].groups[0].start, "ns")

    @property
    def end(self) -> np.datetime64:
        return np.datetime64(self.files[-1].end, "ns")

    @property
    def rows(self) -> int:
        return sum(group.rows for file in self.files for group in file.groups)


def copy_prefix(dataset_id: str, job_id: str) -> str:
    """Where in the engine's bucket the copy lies that an ingestion or an import makes."""
    return f"datasets/{dataset_id}/{job_id}/"


def write_component(
    objects: ObjectStore, bucket: str, prefix: str, component: str, sensors: Sequence[str], pieces: Iterable[Rows]
) -> ComponentCopy:
    """Write one component's rows, which come in ascending time; each piece becomes a file."""
    attempt = uuid4().hex[:8]
    files = tuple(
        _write(objects, bucket, prefix, f"{component}/{attempt}-{number:05}.parquet", rows)
        for number, rows in zip(count(), pieces, strict=False)
    )
    copy = ComponentCopy(component, tuple(sensors), files)
    objects.put(bucket, _index_key(prefix, component), orjson.dumps(copy))
    return copy


def read_index(objects: ObjectStore, bucket: str, prefix: str, component: str) -> ComponentCopy:
    """What the copy has of a component.

    Raises:
        ObjectMissing: the copy is gone, or has no such component.
    """
    said = orjson.loads(objects.get(bucket, _index_key(prefix, component)))
    files = tuple(
        CopyFile(file["key"], file["end"], tuple(RowGroup(**group) for group in file["groups"]))
        for file in said["files"]
    )
    return ComponentCopy(said["component"], tuple(said["sensors"]), files)


def read_between(
    objects: ObjectStore,
    bucket: str,
    prefix: str,
    copy: ComponentCopy,
    columns: Sequence[int],
    start: int,
    end: int,
) -> Iterator[Rows]:
    """Rows with start < time <= end (nanoseconds) in ascending time, file by file, of these columns of the sensors."""
    for file in copy.files:
        if file.end > start and file.groups[0].start <= end:
            rows = _read(objects.get(bucket, prefix + file.key), file, columns, start, end)
            first, last = np.searchsorted(rows.times.view(np.int64), [start, end], side="right")
            yield rows.until(last).beyond(first)


def _write(objects: ObjectStore, bucket: str, prefix: str, key: str, rows: Rows) -> CopyFile:
    names = [_TIME, *(str(number) for number in range(rows.values.shape[1]))]
    columns = [pa.array(rows.times), *(pa.array(np.ascontiguousarray(column)) for column in rows.values.T)]
    body = BytesIO()
    pq.write_table(
        pa.Table.from_arrays(columns, names=names),
        body,
        row_group_size=GROUP_ROWS,
        compression="zstd",
        use_dictionary=False,
        use_byte_stream_split=names[1:],  # reads three times as fast as plain zstd, at a third more bytes
        write_statistics=False,
    )
    objects.put(bucket, prefix + key, body.getvalue())
    times = rows.times.view(np.int64)
    groups = tuple(
        RowGroup(int(times[first]), min(GROUP_ROWS, len(times) - first)) for first in range(0, len(times), GROUP_ROWS)
    )
    return CopyFile(key, int(times[-1]), groups)


def _read(body: bytes, file: CopyFile, columns: Sequence[int], start: int, end: int) -> Rows:
    """The row groups that touch the range."""
    starts = [group.start for group in file.groups]
    first = max(int(np.searchsorted(starts, start, side="right")) - 1, 0)
    last = int(np.searchsorted(starts, end, side="right"))
    names = [_TIME, *(str(number) for number in columns)]
    table = pq.ParquetFile(pa.BufferReader(body)).read_row_groups(range(first, last), columns=names, use_threads=False)
    values = np.empty((len(table), len(columns)))
    for number, name in enumerate(names[1:]):
        values[:, number] = table[name].to_numpy()
    return Rows(table[_TIME].to_numpy().astype("datetime64[ns]", copy=False), values)


def _index_key(prefix: str, component: str) -> str:
    return f"{prefix}{component}.json"
