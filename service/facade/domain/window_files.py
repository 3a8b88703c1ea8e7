"""Which input files belong to which window: the other way round from naming them. Pure; all instants are UTC.

The service opens the files whose stamp lies within one frequency of the window, both ends included: it prints that
range in its own FailedReason.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.facade.domain.windows import EPOCH_FORMAT, FILE_SUFFIX, STAMP_FORMATS, InputNaming

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPES = {
    EPOCH_FORMAT: re.compile(r"\d{10}", re.ASCII),  # the years 2001 to 2286
    "yyyy-MM-dd-HH-mm-ss": re.compile(r"\d{4}(-\d{2}){5}", re.ASCII),
    "yyyyMMddHHmmss": re.compile(r"\d{14}", re.ASCII),
}


@dataclass(frozen=True, order=True)
class Window:
    """(data_start_time, data_end_time]: open at its start, closed at its end."""

    data_start_time: datetime
    data_end_time: datetime

    @property
    def frequency(self) -> timedelta:
        return self.data_end_time - self.data_start_time


@dataclass(frozen=True)
class StampRange:
    """Stamps from `earliest` to `latest`, both included."""

    earliest: datetime
    latest: datetime

    def __contains__(self, stamp: datetime) -> bool:
        return self.earliest <= stamp <= self.latest


@dataclass(frozen=True, kw_only=True)
class WindowFile:
    """An input file as it lies in the bucket; `stamp` is the instant in its name."""

    key: str
    size: int
    stamp: datetime
    last_modified: datetime


@dataclass(frozen=True)
class ListedFiles:
    """The input files of some windows: those of each component, in the order of their stamps."""

    by_component: Mapping[str, Sequence[WindowFile]]

    def within(self, component: str, stamps: StampRange) -> tuple[WindowFile, ...]:
        files = self.by_component[component]
        first = bisect_left(files, stamps.earliest, key=lambda file: file.stamp)
        return tuple(files[first : bisect_right(files, stamps.latest, key=lambda file: file.stamp)])


def windows_between(start: datetime, end: datetime, frequency: timedelta) -> list[Window]:
    """The windows of the grid that lie wholly between `start` and `end`, the oldest first."""
    first = start + (_EPOCH - start) % frequency
    return [
        Window(first + number * frequency, first + (number + 1) * frequency)
        for number in range((end - first) // frequency)
    ]


def own_range(window: Window) -> StampRange:
    """The stamps of the files that are this window's own: from its start to just before the start of the next."""
    return StampRange(window.data_start_time, window.data_end_time - timedelta.resolution)


def search_range(window: Window) -> StampRange:
    """The stamps that the files of a window may carry."""
    return StampRange(window.data_start_time - window.frequency, window.data_end_time + window.frequency)


def stamp_of(component: str, file_name: str, naming: InputNaming) -> datetime | None:
    """The instant that a file is stamped with; None when it is no input file of this component."""
    start = component + naming.component_timestamp_delimiter
    if not (file_name.startswith(start) and file_name.endswith(FILE_SUFFIX)):
        return None
    text = file_name[len(start) : -len(FILE_SUFFIX)]
    if not _SHAPES[naming.timestamp_format].fullmatch(text):
        return None
    if naming.timestamp_format == EPOCH_FORMAT:
        return _EPOCH + timedelta(seconds=int(text))
    try:
        return datetime.strptime(text, STAMP_FORMATS[naming.timestamp_format]).replace(tzinfo=UTC) - naming.offset
    except (ValueError, OverflowError):
        return None
