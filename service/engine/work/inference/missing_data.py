"""What to say when a component has no file or no row for a window: what was looked for, what is there."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import numpy as np

from service.engine.detection import Readings
from service.engine.detection.readings import moment
from service.engine.objects import ObjectsRefused, ObjectStore
from service.engine.scheduling.files import (
    FileNaming,
    SearchRange,
    list_after,
    list_until,
    search_range,
    stamp_within,
)
from service.engine.scheduling.misses import is_near, nearest_miss
from service.engine.scheduling.windows import Window, utc_text
from service.engine.work.frames.alignment import as_datetime64

KEYS_LOOKED_AT = 2000  # in each place; finding a near miss must not cost more than the run itself
Taken = Callable[[], Collection[str]]  # input prefixes of other schedulers in the bucket

REACHES = (timedelta(hours=26), timedelta(days=7), timedelta(days=30))  # the first: every offset, there and back


def missing_file_reason(
    objects: ObjectStore, bucket: str, naming: FileNaming, component: str, window: Window, taken: Taken = tuple
) -> str:
    """The FailedReason for a component without a file.

    Its first part up to the closing bracket is the service's own text, which users search for ("sensor" means
    component there). The ends of the range are without `.csv`, as the service printed them; their URIs are right here,
    which they were not in the service.
    """
    stamps = search_range(window)
    first, last = (f"s3://{bucket}/{naming.stem(component, stamp)}" for stamp in (stamps.earliest, stamps.latest))
    return (
        f"Could not find data file for sensor {component} within expected range of {window}. Please ensure data is "
        f"present for all sensors of the machine under prefix '{first}' ~ '{last}'. "
        + _what_is_there(objects, bucket, naming, component, window, taken)
    )


def no_rows_reason(
    bucket: str, naming: FileNaming, component: str, readings: Readings, keys: Sequence[str], window: Window
) -> str:
    """The FailedReason for a component whose files have no row inside the window."""
    more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
    is_own = any(stamp_within(naming, component, key, _own_stamps(window)) for key in keys)
    own = "" if is_own else "; none of them is stamped with the window itself"
    said = (
        f"The data files of component {component} have no row in the window {window}: "
        f"looked into s3://{bucket}/{keys[0]}{more}{own}. "
    )
    if not len(readings):
        return said + "They have no rows at all."
    nearest = moment(readings.times[_nearest_row(readings, window)])
    hint = "; row times are read as UTC, whatever InputTimeZoneOffset says" if not is_near(nearest, window) else ""
    return said + f"The nearest row is at {utc_text(nearest)}, {_minutes_apart(nearest, window)}{hint}."


def _own_stamps(window: Window) -> SearchRange:
    return SearchRange(window.data_start_time, window.data_end_time)


def _what_is_there(
    objects: ObjectStore, bucket: str, naming: FileNaming, component: str, window: Window, taken: Taken
) -> str:
    others = taken()
    for prefix, span in _places(naming, component, window):
        if miss := nearest_miss(naming, component, window, _keys(objects, bucket, prefix, **span), others):
            said = ", and ".join(miss.differences) or "which was not there yet when the run looked"
            return f"Found s3://{bucket}/{miss.key}, {said}" + ("" if said.endswith("?") else ".")
    return f"Found no file of that component under s3://{bucket}/{naming.prefix}."


def _places(naming: FileNaming, component: str, window: Window) -> Iterator[tuple[str, dict[str, str]]]:
    """Where the file may be instead, from near to far: a prefix, and between which keys.

    Each place is listed only when the ones before had nothing.
    """
    stamps = search_range(window)
    for reach in REACHES:
        wide = SearchRange(stamps.earliest - reach, stamps.latest + reach)
        yield (
            naming.key_start(component),
            {"after": list_after(naming, component, wide), "until": list_until(naming, component, wide)},
        )
    yield naming.prefix + component, {}
    yield naming.prefix, {}
    yield "", {}


def _keys(objects: ObjectStore, bucket: str, prefix: str, **span: str) -> list[str]:
    try:
        return [entry.key for entry in islice(objects.list(bucket, prefix, **span), KEYS_LOOKED_AT)]
    except ObjectsRefused:  # a role may well be kept from the rest of the bucket
        return []


def _nearest_row(readings: Readings, window: Window) -> int:
    start, end = as_datetime64(window.data_start_time), as_datetime64(window.data_end_time)
    return int(np.argmin(np.maximum(start - readings.times, readings.times - end)))


def _minutes_apart(nearest: datetime, window: Window) -> str:
    if nearest <= window.data_start_time:
        gap, side = window.data_start_time - nearest, "before the window, which is open at its start"
    else:
        gap, side = nearest - window.data_end_time, "after the window"
    return f"{round(gap / timedelta(minutes=1), 1):g} minutes {side}"
