"""A key that is nearly right: which file was probably meant for a window, and what keeps it from being found."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher

from service.facade.domain.window_files import Window, search_range, stamp_of
from service.facade.domain.windows import EPOCH_FORMAT, FILE_SUFFIX, InputNaming

_NAME = re.compile(
    r"(?P<component>.*?)(?P<delimiter>[-_ ]?)(?P<stamp>\d{4}(?:-\d\d){5}|\d{14}|\d{13}|\d{10})(?P<suffix>(?:\.\w+)*)",
    re.ASCII,
)
_MILLISECONDS = "EPOCH in milliseconds"
_FORMATS = {10: EPOCH_FORMAT, 13: _MILLISECONDS, 14: "yyyyMMddHHmmss", 19: "yyyy-MM-dd-HH-mm-ss"}  # by their length
_ALIKE = 0.75
_HALF_HOUR = timedelta(minutes=30)
_FARTHEST_ZONES = timedelta(hours=14)


@dataclass(frozen=True)
class Wanted:
    """The file that is looked for. `others` are the components that have files of their own."""

    prefix: str
    component: str
    naming: InputNaming
    window: Window
    others: Collection[str] = ()


@dataclass(frozen=True)
class NearMiss:
    """`differences` are sentences without an end; `stamp` is what the name says when it is read that way."""

    key: str
    stamp: datetime
    differences: tuple[str, ...]


def nearest_miss(wanted: Wanted, keys: Iterable[str]) -> NearMiss | None:
    """The key with the fewest differences from what is looked for, and of those the nearest in time."""
    misses = (miss for key in keys if (miss := _miss(wanted, key)))
    return min(misses, key=lambda miss: (len(miss.differences), _apart(miss.stamp, wanted.window)), default=None)


def _miss(wanted: Wanted, key: str) -> NearMiss | None:
    prefix = key[: key.rfind("/") + 1]
    found = _NAME.fullmatch(key[len(prefix) :])
    if not (found and _may_be_meant(found["component"], wanted)):
        return None
    kind = _FORMATS[len(found["stamp"])]
    stamp = _instant(found["stamp"], kind, wanted.naming)
    if stamp is None:
        return None
    naming = wanted.naming
    differences = (
        *_differs("it lies under the prefix", prefix, wanted.prefix),
        *_differs("the component is spelt", found["component"], wanted.component),
        *_differs("its delimiter is", found["delimiter"], naming.component_timestamp_delimiter),
        *_differs("its stamp has the format", kind, naming.timestamp_format),
        *_differs("it ends in", found["suffix"], FILE_SUFFIX),
        *_late_or_early(stamp, wanted),
    )
    return NearMiss(key, stamp, differences)


def _may_be_meant(spelt: str, wanted: Wanted) -> bool:
    ours = wanted.component.casefold()
    if spelt.casefold() == ours:
        return True
    return spelt not in wanted.others and SequenceMatcher(None, spelt.casefold(), ours).ratio() >= _ALIKE


def _instant(text: str, kind: str, naming: InputNaming) -> datetime | None:
    if kind == _MILLISECONDS:
        return datetime.fromtimestamp(int(text) // 1000, UTC)
    plain = replace(naming, timestamp_format=kind, component_timestamp_delimiter="")
    return stamp_of("", text + FILE_SUFFIX, plain)


def _differs(what: str, found: str, wanted: str) -> list[str]:
    return [] if found == wanted else [f"{what} {found!r}, not {wanted!r}"]


def _late_or_early(stamp: datetime, wanted: Wanted) -> list[str]:
    """How far a stamp lies from the window, where it is too far to be read, and whether time zones may be why."""
    window = wanted.window
    if stamp in search_range(window):
        return []
    shifts = (stamp - window.data_start_time, stamp - window.data_end_time)  # both are usual stamps
    shift = next((one for one in shifts if _is_of_zones(one)), shifts[0])
    said = f"its stamp is {_lasting(abs(shift))} too {'early' if shift < timedelta() else 'late'}"
    if _is_of_zones(shift) and wanted.naming.timestamp_format != EPOCH_FORMAT:
        return [f"{said} (is input_time_zone_offset {wanted.naming.input_time_zone_offset} right?)"]
    return [said]


def _lasting(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _is_of_zones(shift: timedelta) -> bool:
    """Whether two time zones may lie so far apart."""
    return shift % _HALF_HOUR == timedelta() and abs(shift) <= _FARTHEST_ZONES


def _apart(stamp: datetime, window: Window) -> timedelta:
    return max(window.data_start_time - stamp, stamp - window.data_end_time, timedelta())
