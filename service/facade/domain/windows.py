"""The windows of a scheduler and the names of their input files. Pure; all instants are UTC.

A scheduler cuts time into windows of its data upload frequency, on the grid of the UTC hour. A window is open at its
start and closed at its end: the row of 12:10:00 belongs to the window that ends at 12:10, not to the one that starts
there (the service prints `(start, end]` in its own FailedReason).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH_FORMAT = "EPOCH"
# The formats the service knows, in AWS's words, with the same in strftime's.
STAMP_FORMATS = {"yyyy-MM-dd-HH-mm-ss": "%Y-%m-%d-%H-%M-%S", "yyyyMMddHHmmss": "%Y%m%d%H%M%S", EPOCH_FORMAT: ""}
FREQUENCIES = {"PT5M": 5, "PT10M": 10, "PT15M": 15, "PT30M": 30, "PT1H": 60}
FILE_SUFFIX = ".csv"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")


@dataclass(frozen=True, kw_only=True)
class InputNaming:
    """How one scheduler cuts and names its input files; the fields keep AWS's own spelling of the values."""

    data_upload_frequency: str
    timestamp_format: str = "yyyyMMddHHmmss"
    component_timestamp_delimiter: str = "_"
    input_time_zone_offset: str = "+00:00"

    @property
    def frequency(self) -> timedelta:
        return timedelta(minutes=FREQUENCIES[self.data_upload_frequency])

    @property
    def offset(self) -> timedelta:
        return parse_offset(self.input_time_zone_offset)


def parse_offset(text: str) -> timedelta:
    """`+05:30` as a timedelta.

    Raises:
        ValueError: the text is not of this form.
    """
    found = _OFFSET.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a time zone offset like +05:30")
    sign, hours, minutes = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return -size if sign == "-" else size


def numbered_window(number: int, frequency: timedelta) -> datetime:
    """Start of the window with this number, counted from the one that begins with 1970."""
    return _EPOCH + number * frequency


def window_start(instant: datetime, frequency: timedelta) -> datetime:
    """Start of the window that `instant` belongs to; an instant on the grid ends the window before it."""
    return numbered_window((instant - _EPOCH - timedelta.resolution) // frequency, frequency)


def window_stamp(start: datetime, naming: InputNaming) -> str:
    """The stamp of a window's file: its start, on the clock of the scheduler's offset; EPOCH is never shifted."""
    if naming.timestamp_format == EPOCH_FORMAT:
        return str((start - _EPOCH) // timedelta(seconds=1))
    return (start + naming.offset).strftime(STAMP_FORMATS[naming.timestamp_format])


def input_file_name(component: str, start: datetime, naming: InputNaming) -> str:
    """Name of the input file of one component and the window that begins at `start`, e.g. `pump_20260301125500.csv`."""
    return f"{component}{naming.component_timestamp_delimiter}{window_stamp(start, naming)}{FILE_SUFFIX}"
