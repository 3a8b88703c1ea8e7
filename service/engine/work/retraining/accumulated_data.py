"""Accumulated inference data: the input of successful executions, read again from where it lies.

A window that failed, or whose files are gone by now, is a hole. Of several schedulers the one made first counts where
both have a window, for two machines must not be mixed row by row.
"""

from collections.abc import Iterator, Sequence
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
from service.engine.work.frames.alignment import between, stacked
from service.engine.work.inference.file_rows import parse_file
from service.engine.work.inference.inputs import InputPlace, input_place, list_files

DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
Range = tuple[datetime, datetime]


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
    runs, muted = _runs(resources, model, start, end)
    for first, last in _days(start, end):
        around = [run for run in runs if run.data_start_time < last and run.data_end_time > first]
        rows = _day(resources, around, muted, component, tuple(sensors), first, last)
        if len(rows):
            yield rows


def _runs(
    resources: Resources, model: Model, start: datetime, end: datetime
) -> tuple[list[InputRun], dict[str | None, list[Range]]]:
    """The runs between two instants, and the maintenance of the schedulers that they are of."""
    with resources.database.begin() as connection:
        runs = accumulated_inputs.runs(connection, model.id, start, end)
        muted = {
            scheduler_id: [
                (window.start_time, window.end_time)
                for window in maintenance_windows.in_force(connection, model.id, scheduler_id, start=start, end=end)
            ]
            for scheduler_id in {run.scheduler_id for run in runs}
        }
    return runs, muted


def _days(start: datetime, end: datetime) -> Iterator[Range]:
    while start < end:
        following = min(midnight(start) + DAY, end)
        yield start, following
        start = following


def _day(
    resources: Resources,
    runs: Sequence[InputRun],
    muted: dict[str | None, list[Range]],
    component: str,
    sensors: tuple[str, ...],
    first: datetime,
    last: datetime,
) -> Readings:
    """Rows with first < time <= last of runs in the order of their schedulers."""
    parts = [_nothing_of(component, sensors)]
    for number, run in enumerate(runs):
        taken = [
            (other.data_start_time + _INSTANT, other.data_end_time)
            for other in runs[:number]
            if other.scheduler_id != run.scheduler_id
        ]
        begin, end = max(first, run.data_start_time), min(last, run.data_end_time)
        rows = _rows_of(resources, run, component, sensors, begin, end)
        parts.append(rows.rows(~within(rows.times, [*muted[run.scheduler_id], *taken])))
    return stacked(parts)


def _rows_of(
    resources: Resources, run: InputRun, component: str, sensors: tuple[str, ...], first: datetime, last: datetime
) -> Readings:
    """Rows of one run with first < time <= last."""
    place = input_place(run.data_input_configuration)
    entries = _listed(resources, place, component, SearchRange(first - run.window, last + run.window))
    bodies = resources.objects.concurrently(lambda entry: _body(resources, place, entry), entries)
    files = [
        _rows_read(run, place, component, sensors, entry, body)
        for entry, body in zip(entries, bodies, strict=True)
        if body is not None
    ]
    return between(stacked([_nothing_of(component, sensors), *files]), first, last)


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
