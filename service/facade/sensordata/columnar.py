"""Parquet files and Arrow streams -> cells. There is no header row, so the first row is row 1.

Rows are read batch by batch; of a Parquet file only the columns that are needed, by seeking.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from service.facade.sensordata.arrow_frames import checked_stream
from service.facade.sensordata.cells import Cells, CellTable
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.parquet_pages import check_pages
from service.facade.sensordata.text import Allowance

_READ_AHEAD = 256 * 1024  # bytes of each column
_MOST_IN_FOOTER = 1_000_000  # names and pieces, before a footer counts as hostile
_LONGEST_TEXT = 1000
_COMPLAINTS = (pa.ArrowException, OSError, EOFError, ValueError, OverflowError, LookupError)


def open_parquet(content: BinaryIO, faults: Faults, allowance: Allowance | None) -> CellTable:
    """Read the footer of a Parquet file.

    Args:
        content: the file, which can be sought in.
        allowance: what its pages may become.

    Raises:
        InvalidUpload: it is damaged, or has pages that are too large; from the rows too.
        UploadTooLarge: the allowance is spent.
    """
    with _damaged("Parquet", faults):
        file = pq.ParquetFile(
            content, pre_buffer=False, buffer_size=_READ_AHEAD,
            thrift_string_size_limit=_MOST_IN_FOOTER, thrift_container_size_limit=_MOST_IN_FOOTER,
        )  # fmt: skip
        schema = file.schema_arrow
        every_name = tuple(schema.names)

    def read(positions: Collection[int], most: int) -> Iterator[Cells]:
        names = [every_name[at] for at in positions]
        check_pages(content, names, faults)
        batches = file.iter_batches(batch_size=most, columns=names, use_threads=False)
        yield from _read(batches, schema, positions, most, "Parquet", faults, allowance)

    return CellTable(every_name, read, time_at=_time_position(schema))


def open_arrow(blocks: Iterable[bytes], faults: Faults, allowance: Allowance | None, *, whole: bool) -> CellTable:
    """Read the schema of an Arrow stream, or of an Arrow file (Feather), which holds a stream. Raises as above."""
    with _damaged("Arrow", faults):
        batches = pa.ipc.open_stream(checked_stream(blocks, faults.file, whole))
        schema = batches.schema
        every_name = tuple(schema.names)

    def read(positions: Collection[int], most: int) -> Iterator[Cells]:
        yield from _read(batches, schema, positions, most, "Arrow", faults, allowance)

    return CellTable(every_name, read, time_at=_time_position(schema))


def _read(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    positions: Collection[int],
    most: int,
    kind: str,
    faults: Faults,
    allowance: Allowance | None,
) -> Iterator[Cells]:
    row = 1
    for batch in _checked(batches, kind, faults, allowance):
        place = {at: batch.schema.get_field_index(schema.names[at]) for at in positions}
        for begin in range(0, batch.num_rows, most):
            part = batch.slice(begin, most)
            columns = {at: _short_texts(part.column(index), schema.names[at], faults) for at, index in place.items()}
            yield Cells(np.arange(row, row + part.num_rows), columns)
            row += part.num_rows


def _checked(
    batches: Iterable[pa.RecordBatch], kind: str, faults: Faults, allowance: Allowance | None
) -> Iterator[pa.RecordBatch]:
    remaining = iter(batches)
    while True:
        with _damaged(kind, faults):
            batch = next(remaining, None)
            if batch is None:
                return
            batch.validate(full=True)  # the sender chose every offset in it
        if allowance:
            allowance.spend(max(batch.nbytes, 8 * batch.num_rows), faults.file)
        yield batch


def _time_position(schema: pa.Schema) -> int | None:
    """The one column that holds timestamps."""
    stamps = [at for at, field in enumerate(schema) if pa.types.is_timestamp(field.type)]
    return stamps[0] if len(stamps) == 1 else None


def _short_texts(cells: pa.Array, name: str, faults: Faults) -> pa.Array:
    """Repeated long texts shrink to nothing in a file and are large in memory."""
    texts = cells.dictionary if pa.types.is_dictionary(cells.type) else cells
    is_text = pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)
    if is_text and (pc.max(pc.binary_length(texts)).as_py() or 0) > _LONGEST_TEXT:
        raise unusable(f"The column {name!r} holds long texts. Store numbers as double.", file=faults.file)
    return cells


@contextmanager
def _damaged(kind: str, faults: Faults) -> Iterator[None]:
    """What pyarrow says of bytes that it cannot read, as a sentence about the file."""
    try:
        yield
    except _COMPLAINTS as error:
        said = str(error).partition("\n")[0][:200]
        raise unusable(f"The {kind} data cannot be read: {said}. Write the file again.", file=faults.file) from error
