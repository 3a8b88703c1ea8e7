"""Whether the files of the windows are there, and which other one may have been meant where one is not."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import islice

from service.facade.aws.objects import list_objects
from service.facade.domain.near_misses import NearMiss, Wanted, nearest_miss
from service.facade.domain.validation import Check, failed, findings_or_ok
from service.facade.domain.window_files import ListedFiles, StampRange, Window, search_range
from service.facade.domain.windows import input_file_name
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.usecases.validating_look import Look

_KEYS_LOOKED_AT = 1000  # in each place
_LISTED = 20  # names of files that are to come
_REACH = timedelta(hours=26)  # every time zone, there and back


def check_presence(resources: Resources, look: Look, listed: ListedFiles) -> list[Check]:
    """Each window that was due has a file of each component; of one that is not due yet, those with a wrong name."""
    findings: list[Check] = []
    waiting: list[str] = []
    keys = _NearKeys(resources, look)
    for window in look.windows:
        for component in look.place.components:
            if listed.within(component, search_range(window)):
                continue
            miss = _nearest(look, window, component, keys)
            if look.is_due(window) or (miss and miss.stamp in search_range(window)):
                findings.append(_missing_file(look, window, component, miss))
            else:
                waiting.append(look.place.expected_key(component, window))
    to_come = f" Still to come: {', '.join(waiting[:_LISTED])}." if waiting else ""
    return findings_or_ok("files", findings, f"Every window that was due has its files.{to_come}")


def _nearest(look: Look, window: Window, component: str, keys: "_NearKeys") -> NearMiss | None:
    place = look.place
    wanted = Wanted(place.prefix, component, place.naming, window, set(place.components) - {component})
    return next(filter(None, (nearest_miss(wanted, found) for found in keys.of(component, window))), None)


def _missing_file(look: Look, window: Window, component: str, miss: NearMiss | None) -> Check:
    key = look.place.expected_key(component, window)
    said = f"There is no file of {component} for the window from {window.data_start_time:%FT%TZ}; looked for {key}."
    to_do = f"Write s3://{look.place.bucket}/{key}."
    if miss:
        said += f" Found {miss.key}: {', and '.join(miss.differences) or 'it came only now'}."
        to_do = f"If {miss.key} is it, name it {key}."
    place = {"component_name": component, "key": miss.key if miss else key, "data_start_time": window.data_start_time}
    return failed("files", said, to_do, **place)


class _NearKeys:
    """Keys among which a misnamed file may be, from near to far. Other teams' data may lie in the bucket: outside of
    the prefix nothing but the very name that is wanted is looked for."""

    def __init__(self, resources: Resources, look: Look) -> None:
        self._client, self._look = resources.buckets.client, look
        self._below = cache(lambda prefix: self._listed(prefix, prefix, prefix + "\U0010ffff"))

    def of(self, component: str, window: Window) -> Iterator[list[str]]:
        """Each place is listed only when the ones before had nothing; the same one is listed once."""
        place, stamps = self._look.place, search_range(window)
        wide = StampRange(stamps.earliest - _REACH, stamps.latest + _REACH)
        yield self._between(place.prefix, component, wide)
        yield self._below(place.prefix + component)
        yield self._below(place.prefix)
        parts = place.prefix.split("/")[:-1]
        for depth in reversed(range(len(parts))):
            yield self._between("".join(f"{part}/" for part in parts[:depth]), component, stamps)

    def _between(self, prefix: str, component: str, stamps: StampRange) -> list[str]:
        naming = self._look.place.naming
        first, last = (
            prefix + input_file_name(component, moment, naming) for moment in (stamps.earliest, stamps.latest)
        )
        return self._listed(prefix + component + naming.component_timestamp_delimiter, first, last)

    def _listed(self, prefix: str, first: str, last: str) -> list[str]:
        try:
            entries = list_objects(self._client, self._look.place.bucket, prefix, first, last)
            return [entry["Key"] for entry in islice(entries, _KEYS_LOOKED_AT)]
        except Problem:  # a role may well be kept from the rest of the bucket
            return []
