"""The nearest miss: which file was probably meant for a window, and what keeps it from being found."""

from collections.abc import Collection, Iterable, Iterator
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


def nearest_miss(
    naming: FileNaming, component: str, window: Window, keys: Iterable[str], taken: Collection[str] = ()
) -> Miss | None:
    """The key that differs in the fewest ways from what was looked for, and of those the nearest in time.

    A key under another prefix counts only when nothing else is wrong with it, and not when that prefix is taken.

    Args:
        taken: prefixes that are other schedulers' own; what lies there is probably meant for them.
    """
    misses = (miss for key in keys if (miss := _miss(naming, component, window, key)))
    likely = (miss for miss in misses if _is_likely(naming, miss, taken))
    return min(likely, key=lambda miss: (len(miss.differences), _distance(miss.stamp, window)), default=None)


def _miss(naming: FileNaming, component: str, window: Window, key: str) -> Miss | None:
    readings = list(_readings(naming, component, key))
    if not readings:
        return None
    stamp, differences = min(readings, key=lambda reading: len(reading[1]))
    if late := _off_by(naming, stamp, window):
        differences = [*differences, late]
    return Miss(key, stamp, tuple(differences))


def _is_likely(naming: FileNaming, miss: Miss, taken: Collection[str]) -> bool:
    prefix = _prefix_of(miss.key)
    return prefix == naming.prefix or (len(miss.differences) == 1 and prefix not in taken)


def _prefix_of(key: str) -> str:
    folder, slash, _ = key.rpartition("/")
    return folder + slash


def _readings(naming: FileNaming, component: str, key: str) -> Iterator[tuple[datetime, list[str]]]:
    """Every way to read the key as a file of this component, each with what differs from the scheduler's naming."""
    prefix = _prefix_of(key)
    name = key[len(prefix) :]
    head, rest = name[: len(component)], name[len(component) :]
    if head.casefold() != component.casefold():
        return
    place = [] if prefix == naming.prefix else [f"it lies under the prefix {prefix!r}, not {naming.prefix!r}"]
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
            said = f"its stamp has the format {timestamp_format}, not {naming.timestamp_format}"
            for stamp in parse_stamp(body, timestamp_format, naming.zone):
                yield stamp, ending + ([] if timestamp_format == naming.timestamp_format else [said])
        if len(body) == 13 and body.isascii() and body.isdigit():
            stamp = datetime.fromtimestamp(int(body) / 1000, UTC)
            yield stamp, [*ending, f"its stamp counts milliseconds, {EPOCH} counts seconds"]


def is_near(moment: datetime, window: Window) -> bool:
    """Whether an instant lies in the window's search range."""
    return _distance(moment, window) <= window.frequency


def _off_by(naming: FileNaming, stamp: datetime, window: Window) -> str | None:
    """How far a stamp lies from its window, with the likely cause; None when it lies in the search range."""
    if is_near(stamp, window):
        return None
    shifts = (stamp - window.data_start_time, stamp - window.data_end_time)  # both are usual stamps
    shift = next((each for each in shifts if _is_of_zones(each)), shifts[0])
    is_late = shift < timedelta()
    apart = f"off by {round(abs(shift) / timedelta(minutes=1))} minutes"
    if _is_of_zones(shift) and naming.timestamp_format != EPOCH:
        return f"{apart}: is InputTimeZoneOffset right?" + (" Or is the producer late?" if is_late else "")
    return apart + (": is the producer late?" if is_late else ": is the producer's clock ahead, or is there a gap?")


def _is_of_zones(shift: timedelta) -> bool:
    """Whether two time zones may lie so far apart."""
    return shift % _HALF_HOUR == timedelta() and abs(shift) <= _LARGEST_OFFSET


def _distance(stamp: datetime, window: Window) -> timedelta:
    zero = timedelta()
    return max(window.data_start_time - stamp, stamp - window.data_end_time, zero)
