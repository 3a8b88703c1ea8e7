"""The input files that hold the rows of a short time: listed, held against a bound, and read many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from service.facade.aws.objects import find_object
from service.facade.domain.models import Component
from service.facade.domain.window_files import ListedFiles, Window, WindowFile, windows_between
from service.facade.domain.windows import window_start
from service.facade.problems import InvalidRequest, at_parameter
from service.facade.resources import Resources
from service.facade.sensordata.inspection import InspectedFile, inspect_file
from service.facade.usecases.window_inputs import InputPlace, list_window_files
from service.threads import Threads

MOST_FILES = 600  # 50 hours of one component at PT5M
MOST_BYTES = 16 * 1024**2
_NEIGHBOURS = 4  # of each component: two on either side of the range
_READERS = 16

Files = Mapping[str, Mapping[str, InspectedFile]]  # by component, then by key in the order of stamps


def read_files(
    resources: Resources, place: InputPlace, components: Sequence[Component], start: datetime, end: datetime
) -> Files:
    """The files that runs of the windows touching (start, end] read, with the sensors that `components` have.

    Raises:
        InvalidRequest: there are more files or bytes than are read for one answer.
        StorageRefused, StorageUnavailable
    """
    listed = list_window_files(resources, place, _windows(place, start, end))
    _check_size(listed)
    asked = [(part, file) for part in components for file in listed.by_component[part.component_name]]
    with Threads(_READERS, thread_name_prefix="readings") as pool:
        found = list(pool.map(lambda pair: _inspect(resources, place.bucket, *pair), asked))
    read: dict[str, dict[str, InspectedFile]] = {part.component_name: {} for part in components}
    for (part, file), inspected in zip(asked, found, strict=True):
        if inspected is not None:
            read[part.component_name][file.key] = inspected
    return read


def _windows(place: InputPlace, start: datetime, end: datetime) -> list[Window]:
    """Those that the range touches, the oldest first."""
    frequency, count = place.naming.frequency, len(place.components)
    most = max(1, MOST_FILES // count)
    first, last = (window_start(moment, frequency) for moment in (start + timedelta.resolution, end))
    if (touched := (last - first) // frequency + 1) > most:
        refuse_range(
            f"The range touches {touched:,} windows; of {count} components the files of up to {most} are read. "
            f"Ask for less time, or for sensors of fewer components."
        )
    return windows_between(first, last + frequency, frequency)


def _check_size(listed: ListedFiles) -> None:
    """A window may have many files, and each may be large."""
    files = [file for one in listed.by_component.values() for file in one]
    size, most = sum(file.size for file in files), MOST_FILES + _NEIGHBOURS * len(listed.by_component)
    if len(files) > most or size > MOST_BYTES:
        refuse_range(
            f"The range has {len(files):,} files with {size / 1024**2:.1f} MB; up to {most} files with "
            f"{MOST_BYTES // 1024**2} MB are read. Ask for less time."
        )


def _inspect(resources: Resources, bucket: str, part: Component, file: WindowFile) -> InspectedFile | None:
    content = find_object(resources.buckets.client, bucket, file.key)
    return None if content is None else inspect_file(content, part)


def refuse_range(detail: str) -> NoReturn:
    raise InvalidRequest(detail, errors=[at_parameter("end_time", detail)])
