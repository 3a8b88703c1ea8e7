"""All files of one component -> its rows in time order, leaning to success: bad parts are counted and left out.

However large the files are, a bounded part of them is in memory: they are read in blocks, and what does not fit is
sorted on disk.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from service.engine.objects import ObjectStore, StoredObject
from service.engine.work.bucket.dataset_copies import PIECE_CELLS, ComponentCopy
from service.engine.work.frames.csv_blocks import BLOCK_BYTES, tables_of
from service.engine.work.frames.csv_tables import CsvTable, UnreadableTable, header_of
from service.engine.work.frames.sorted_runs import Rows, SortedRuns
from service.engine.work.ingestion.quality.accounts import ComponentAccount
from service.engine.work.problems import InputProblem

BATCH_BYTES = 32 * 1024**2  # fetched at once; a larger file is streamed
HEADER_BYTES = 256 * 1024

Write = Callable[[tuple[str, ...], Iterator[Rows]], ComponentCopy]


@dataclass(frozen=True, eq=False)
class IngestedComponent:
    """What became of a component's files: `files` were read, `size` bytes in all; `unreadable` were left out, and why.

    columns: the time's name, then the sensors'.
    """

    columns: tuple[str, ...]
    account: ComponentAccount
    files: int
    size: int
    unreadable: list[tuple[StoredObject, str]]
    copy: ComponentCopy


@dataclass(eq=False)
class _Reading:
    """What reading the files has come to: rows, counts, and which files they are from."""

    runs: SortedRuns
    account: ComponentAccount
    read: list[StoredObject]
    unreadable: list[tuple[StoredObject, str]]
    time_column: str = ""
    rows: int = 0  # with a time


def ingest_component(
    objects: ObjectStore,
    bucket: str,
    component: str,
    entries: Sequence[StoredObject],
    sensors: tuple[str, ...] | None,
    write: Write,
) -> IngestedComponent:
    """Read every file of a component and hand its rows to `write`; the account of it.

    Of rows of one time the last one given stays, files being in the order of their keys.

    Args:
        sensors: those of the schema; without one, all columns of all files in the order they are met.
        write: takes the sensors, and the rows in ascending time piece by piece.

    Raises:
        InputProblem: not one file could be read, or none has a row with a time.
    """
    names = sensors or _columns(objects, bucket, entries)
    with TemporaryDirectory(prefix="lookout-ingestion-") as folder:
        reading = _Reading(SortedRuns(Path(folder)), ComponentAccount(component, names), [], [])
        for entry, chunks in _contents(objects, bucket, entries):
            _read_file(reading, names, entry, chunks)
        _check(reading, bucket, component)
        copy = write(names, _followed(reading))
    reading.account.duplicates += reading.rows - copy.rows
    return IngestedComponent(
        columns=(reading.time_column, *names),
        account=reading.account,
        files=len(reading.read),
        size=sum(entry.size for entry in reading.read),
        unreadable=reading.unreadable,
        copy=copy,
    )


def _columns(objects: ObjectStore, bucket: str, entries: Sequence[StoredObject]) -> tuple[str, ...]:
    heads = objects.concurrently(lambda entry: objects.beginning(bucket, entry.key, HEADER_BYTES), entries)
    return tuple(dict.fromkeys(name for head in heads for name in _names(head)))


def _names(head: bytes) -> list[str]:
    try:
        return header_of(head)[1:]
    except UnreadableTable:
        return []  # said when the file is read


def _contents(
    objects: ObjectStore, bucket: str, entries: Sequence[StoredObject]
) -> Iterator[tuple[StoredObject, Iterable[bytes]]]:
    """The files in their order; small ones fetched several at a time, a large one as it is read."""
    for batch in _batches(entries):
        if batch[0].size > BATCH_BYTES:
            yield batch[0], objects.stream(bucket, batch[0].key)
        else:
            bodies = objects.get_many(bucket, [entry.key for entry in batch])
            yield from ((entry, (body,)) for entry, body in zip(batch, bodies, strict=True))


def _batches(entries: Sequence[StoredObject]) -> Iterator[list[StoredObject]]:
    batch: list[StoredObject] = []
    for entry in entries:
        if batch and sum(other.size for other in batch) + entry.size > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _read_file(reading: _Reading, names: tuple[str, ...], entry: StoredObject, chunks: Iterable[bytes]) -> None:
    """Take a file in; one that turns out to be unreadable, be it in its last line, leaves nothing behind."""
    in_blocks = entry.size > BLOCK_BYTES
    if in_blocks:
        reading.runs.end_run()
    runs, rows, account = reading.runs.runs, reading.rows, deepcopy(reading.account) if in_blocks else None
    try:
        for table in tables_of(chunks):
            _take(reading, names, table)
    except UnreadableTable as error:
        if in_blocks:
            reading.runs.forget(runs)
            reading.rows, reading.account = rows, account
        reading.unreadable.append((entry, str(error)))
    else:
        reading.read.append(entry)


def _take(reading: _Reading, names: tuple[str, ...], table: CsvTable) -> None:
    place = {name: number for number, name in enumerate(table.columns)}
    values = np.full((len(table.times), len(names)), np.nan)
    invalid = np.zeros(len(names), dtype=np.int64)
    for column, name in enumerate(names):
        if name in place:
            values[:, column] = table.values[:, place[name]]
            invalid[column] = table.bad_counts[place[name]]
    reading.time_column = reading.time_column or table.time_column
    reading.rows += int(np.count_nonzero(~np.isnat(table.times)))
    reading.account.count_cells(table.times, values, invalid)
    reading.runs.take(Rows(table.times, values))


def _check(reading: _Reading, bucket: str, component: str) -> None:
    if not reading.read:
        entry, said = reading.unreadable[0]
        raise InputProblem(f"No file of component {component} could be read; s3://{bucket}/{entry.key}: {said}.")
    if not reading.rows:
        raise InputProblem(
            f"No row of component {component} has a time in an accepted layout, for instance 2026-03-01T13:00:00."
        )


def _followed(reading: _Reading) -> Iterator[Rows]:
    for rows in reading.runs.merged(PIECE_CELLS):
        reading.account.follow(rows.times, rows.values)
        yield rows
