"""Accumulated inference data: the input of successful executions, read again from where it lies.

A window that failed, or whose files are gone by now, is a hole. Of several schedulers the one made first counts where
both have a window, for two machines must not be mixed row by row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection import Readings
from service.engine.detection.readings import within
from service.engine.objects import BucketMissing, ObjectMissing, StoredObject
from service.engine.resources import Resources
from service.engine.scheduling.files import SearchRange
from service.engine.scheduling.retraining import midnight
from service.engine.store import accumulated_inputs, maintenance_windows
from service.engine.store.accumulated_inputs import InputRun
from service.engine.store.models import Model
from service.engine.work.file_rows import parse_file
from service.engine.work.frames.alignment import between, stacked
from service.engine.work.inputs import InputPlace, input_place, list_files

DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
Range = tuple[datetime, datetime]


@dataclass(frozen=True)
class Source:
    """A run of windows, and the ranges in it that are left to others or to nobody: both ends included."""

    run: InputRun
    left_out: tuple[Range, ...]


def accumulated(
    resources: Resources, model: Model, component: str, sensors: Sequence[str], start: datetime, end: datetime
) -> Iterator[Readings]:
    """Rows of one component with start < time <= end that successful executions have read, about a day at a time.

    Rows inside maintenance windows are left out.

    Args:
        sensors: their names without the component; the readings have them as ``component\\sensor``.

    Raises:
        ObjectsRefused, ObjectsUnavailable: as the object store says; a file or bucket that is gone is no error.
    """
    sources = _sources(resources, model, start, end)
    for first, last in _days(start, end):
        parts = [
            _rows_of(resources, source, component, tuple(sensors), max(first, run.data_start_time), last)
            for source in sources
            if (run := source.run).data_start_time < last and run.data_end_time > first
        ]
        rows = stacked(parts) if parts else None
        if rows is not None and len(rows):
            yield rows


def _sources(resources: Resources, model: Model, start: datetime, end: datetime) -> list[Source]:
    with resources.database.begin() as connection:
        runs = accumulated_inputs.runs(connection, model.id, start, end)
        muted = {
            scheduler_id: [
                (window.start_time, window.end_time)
                for window in maintenance_windows.in_force(connection, model.id, scheduler_id, start=start, end=end)
            ]
            for scheduler_id in {run.scheduler_id for run in runs}
        }
    return [Source(run, (*muted[run.scheduler_id], *_taken(runs[:number], run))) for number, run in enumerate(runs)]


def _taken(before: Sequence[InputRun], run: InputRun) -> Iterator[Range]:
    """Where windows of other schedulers, made before, have this run's times already; open at their start."""
    for other in before:
        if other.data_start_time < run.data_end_time and other.data_end_time > run.data_start_time:
            yield other.data_start_time + _INSTANT, other.data_end_time


def _days(start: datetime, end: datetime) -> Iterator[Range]:
    while start < end:
        following = min(midnight(start) + DAY, end)
        yield start, following
        start = following


def _rows_of(
    resources: Resources, source: Source, component: str, sensors: tuple[str, ...], first: datetime, last: datetime
) -> Readings:
    """Rows of one run with first < time <= last."""
    run, place = source.run, input_place(source.run.data_input_configuration)
    last = min(last, run.data_end_time)
    stamps = SearchRange(first - run.window, last + run.window)
    entries = _listed(resources, place, component, stamps)
    bodies = resources.objects.concurrently(lambda entry: _body(resources, place, entry), entries)
    files = [
        _rows_read(run, place, component, sensors, entry, body)
        for entry, body in zip(entries, bodies, strict=True)
        if body is not None
    ]
    rows = between(stacked([_nothing_of(component, sensors), *files]), first, last)
    return rows.rows(~within(rows.times, source.left_out))


def _listed(resources: Resources, place: InputPlace, component: str, stamps: SearchRange) -> list[StoredObject]:
    try:
        return list_files(resources.objects, place, component, stamps)
    except BucketMissing:  # what lay in it is gone
        return []


def _body(resources: Resources, place: InputPlace, entry: StoredObject) -> bytes | None:
    try:
        return resources.objects.get(place.bucket, entry.key)
    except ObjectMissing:  # deleted since it was listed
        return None


def _rows_read(
    run: InputRun, place: InputPlace, component: str, sensors: tuple[str, ...], entry: StoredObject, body: bytes
) -> Readings:
    """Of one file, the rows of those windows that opened it: their search range has its stamp."""
    rows = parse_file(entry, component, sensors, body).readings
    return rows.rows(
        within(rows.times, [_opened(run, stamp) for stamp in place.naming.stamps_of(component, entry.key)])
    )


def _opened(run: InputRun, stamp: datetime) -> Range:
    """What the windows of a run cover that look for a file of that stamp."""
    begin, window = run.data_start_time, run.window
    first = begin - (begin - stamp + 2 * window) // window * window  # the first that starts within two windows before
    last = begin + (stamp + 2 * window - begin) // window * window  # the last that ends within two windows after
    return first + _INSTANT, last


def _nothing_of(component: str, sensors: tuple[str, ...]) -> Readings:
    names = tuple(f"{component}\\{sensor}" for sensor in sensors)
    return Readings(np.empty(0, "datetime64[ns]"), np.empty((0, len(names))), names)
