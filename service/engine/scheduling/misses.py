"""The nearest miss: which file was probably meant for a window, and what keeps it from being found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.engine.scheduling.files import DELIMITERS, SUFFIX, FileNaming
from service.engine.scheduling.stamps import EPOCH, TIMESTAMP_FORMATS, parse_stamp
from service.engine.scheduling.windows import Window

_SUFFIXES = (SUFFIX, ".CSV", ".csv.gz", ".txt", ".parquet", "")
_HALF_HOUR = timedelta(minutes=30)
_LARGEST_OFFSET = timedelta(hours=14)


@dataclass(frozen=True)
class Miss:
    """A key that is nearly right: where its stamp points to, and every way in which its name differs."""

    key: str
    stamp: datetime
    differences: tuple[str, ...]


def nearest_miss(naming: FileNaming, component: str, window: Window, keys: Iterable[str]) -> Miss | None:
    """The key that differs in the fewest ways from what was looked for, and of those the nearest in time."""
    misses = (miss for key in keys if (miss := _miss(naming, component, window, key)))
    return min(misses, key=lambda miss: (len(miss.differences), _distance(miss.stamp, window)), default=None)


def _miss(naming: FileNaming, component: str, window: Window, key: str) -> Miss | None:
    readings = list(_readings(naming, component, key))
    if not readings:
        return None
    stamp, differences = min(readings, key=lambda reading: len(reading[1]))
    if late := off_by(stamp, window):
        differences = [*differences, late]
    return Miss(key, stamp, tuple(differences))


def _readings(naming: FileNaming, component: str, key: str) -> Iterator[tuple[datetime, list[str]]]:
    """Every way to read the key as a file of this component, each with what differs from the scheduler's naming."""
    folder, slash, name = key.rpartition("/")
    head, rest = name[: len(component)], name[len(component) :]
    if head.casefold() != component.casefold():
        return
    place = (
        []
        if folder + slash == naming.prefix
        else [f"it lies under the prefix {folder + slash!r}, not {naming.prefix!r}"]
    )
    case = [] if head == component else [f"the component is spelt {head!r}, not {component!r}"]
    for delimiter in DELIMITERS:
        if not rest.startswith(delimiter):
            continue
        for stamp, spelling in _stamps(naming, rest[len(delimiter) :]):
            between = (
                [] if delimiter == naming.delimiter else [f"its delimiter is {delimiter!r}, not {naming.delimiter!r}"]
            )
            yield stamp, place + case + between + spelling


def _stamps(naming: FileNaming, text: str) -> Iterator[tuple[datetime, list[str]]]:
    for suffix in _SUFFIXES:
        if not text.endswith(suffix):
            continue
        ending = [] if suffix == SUFFIX else [f"it ends in {suffix!r}, not {SUFFIX!r}"]
        body = text[: len(text) - len(suffix)]
        for timestamp_format in TIMESTAMP_FORMATS:
            stamp = parse_stamp(body, timestamp_format, naming.offset)
            said = f"its stamp has the format {timestamp_format}, not {naming.timestamp_format}"
            if stamp:
                yield stamp, ending + ([] if timestamp_format == naming.timestamp_format else [said])
        if len(body) == 13 and body.isascii() and body.isdigit():
            stamp = datetime.fromtimestamp(int(body) / 1000, UTC)
            yield stamp, [*ending, f"its stamp counts milliseconds, {EPOCH} counts seconds"]


def off_by(stamp: datetime, window: Window) -> str | None:
    """How far a stamp lies from its window, with the likely cause; None when it lies in the search range."""
    if _distance(stamp, window) <= window.frequency:
        return None
    shift = stamp - window.data_start_time
    apart = f"off by {round(abs(shift) / timedelta(minutes=1))} minutes"
    if shift % _HALF_HOUR == timedelta() and abs(shift) <= _LARGEST_OFFSET:
        return f"{apart}: is InputTimeZoneOffset right?"
    return apart + (": is the producer late?" if shift < timedelta() else ": is its clock ahead?")


def _distance(stamp: datetime, window: Window) -> timedelta:
    zero = timedelta()
    return max(window.data_start_time - stamp, stamp - window.data_end_time, zero)
