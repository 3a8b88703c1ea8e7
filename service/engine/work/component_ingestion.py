"""All files of one component -> its readings, leaning to success: bad parts are counted and left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from service.engine.detection import Readings
from service.engine.detection.readings import moment
from service.engine.objects import ObjectStore, StoredObject
from service.engine.work.frames.alignment import in_time_order
from service.engine.work.frames.csv_tables import CsvTable, UnreadableTable, read_table
from service.engine.work.ingestion_quality import ComponentQuality
from service.engine.work.problems import InputProblem

BATCH_BYTES = 64 * 1024**2  # fetched at once; one larger file is fetched alone


@dataclass(frozen=True, eq=False)
class IngestedComponent:
    """What became of a component's files: `files` were read, `size` bytes in all; `unreadable` were left out.

    columns: the time's name, then the sensors'; start and end: the first and last time.
    """

    columns: tuple[str, ...]
    quality: ComponentQuality
    files: int
    size: int
    unreadable: list[StoredObject]
    start: datetime
    end: datetime


def ingest_component(
    objects: ObjectStore, bucket: str, component: str, entries: Sequence[StoredObject], sensors: tuple[str, ...] | None
) -> tuple[Readings, IngestedComponent]:
    """Read every file of a component: its readings, and the account of it.

    Args:
        sensors: those of the schema; without one, all columns of all files in the order they are met.

    Raises:
        InputProblem: not one file could be read, or none has a row with a time.
    """
    tables, unreadable = _read_all(objects, bucket, entries)
    if not tables:
        entry, said = unreadable[0]
        raise InputProblem(f"No file of component {component} could be read; s3://{bucket}/{entry.key}: {said}.")
    names = sensors or tuple(dict.fromkeys(name for _, table in tables for name in table.columns))
    quality = ComponentQuality(names)
    parts = [_values(table, names, quality) for _, table in tables]
    readings = _in_order(component, names, tables, parts, quality)
    if not len(readings):
        raise InputProblem(
            f"No row of component {component} has a time in an accepted layout, for instance 2026-03-01T13:00:00."
        )
    quality.judge_ranges(readings.times, readings.values)
    return readings, IngestedComponent(
        columns=(tables[0][1].time_column, *names),
        quality=quality,
        files=len(tables),
        size=sum(entry.size for entry, _ in tables),
        unreadable=[entry for entry, _ in unreadable],
        start=moment(readings.times[0]),
        end=moment(readings.times[-1]),
    )


def _read_all(
    objects: ObjectStore, bucket: str, entries: Sequence[StoredObject]
) -> tuple[list[tuple[StoredObject, CsvTable]], list[tuple[StoredObject, str]]]:
    tables, unreadable = [], []
    for batch in _batches(entries):
        for entry, body in zip(batch, objects.get_many(bucket, [entry.key for entry in batch]), strict=True):
            try:
                tables.append((entry, read_table(body)))
            except UnreadableTable as error:
                unreadable.append((entry, str(error)))
    return tables, unreadable


def _batches(entries: Sequence[StoredObject]) -> Iterator[list[StoredObject]]:
    batch: list[StoredObject] = []
    for entry in entries:
        if batch and sum(other.size for other in batch) + entry.size > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _values(table: CsvTable, sensors: tuple[str, ...], quality: ComponentQuality) -> np.ndarray:
    """The sensors' values [n, k]; NaN throughout where the file lacks a column."""
    place = {name: number for number, name in enumerate(table.columns)}
    values = np.full((len(table.times), len(sensors)), np.nan)
    invalid = np.zeros(len(sensors), dtype=np.int64)
    for column, sensor in enumerate(sensors):
        if sensor in place:
            values[:, column] = table.values[:, place[sensor]]
            invalid[column] = table.bad_counts[place[sensor]]
    quality.count_values(values, invalid)
    return values


def _in_order(
    component: str,
    sensors: tuple[str, ...],
    tables: Sequence[tuple[StoredObject, CsvTable]],
    parts: Sequence[np.ndarray],
    quality: ComponentQuality,
) -> Readings:
    times = np.concatenate([table.times for _, table in tables])
    names = tuple(f"{component}\\{sensor}" for sensor in sensors)
    readings = in_time_order(times, np.concatenate(parts), names)
    quality.unsupported_times = int(np.isnat(times).sum())
    quality.duplicate_times = len(times) - quality.unsupported_times - len(readings)
    return readings
