"""The files of a replay, listed once for many windows instead of once for each."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from service.engine.objects import ObjectStore, StoredObject
from service.engine.scheduling.files import SearchRange, search_range
from service.engine.scheduling.windows import Window
from service.engine.work.inputs import InputPlace, Listing, list_files


def listing_of(
    objects: ObjectStore, place: InputPlace, components: Iterable[str], windows: Sequence[Window], context: timedelta
) -> Listing:
    """The files of all these windows with their context, listed now and looked up later."""
    earliest = min(search_range(windows[0]).earliest, windows[0].data_start_time - context)
    stamps = SearchRange(earliest, search_range(windows[-1]).latest)
    names = list(components)
    found = objects.concurrently(lambda component: _stamped(objects, place, component, stamps), names)
    by_component = dict(zip(names, found, strict=True))

    def listing(component: str, wanted: SearchRange) -> list[StoredObject]:
        times, entries = by_component[component]
        return entries[bisect_left(times, wanted.earliest) : bisect_right(times, wanted.latest)]

    return listing


def _stamped(
    objects: ObjectStore, place: InputPlace, component: str, stamps: SearchRange
) -> tuple[list[datetime | None], list[StoredObject]]:
    entries = list_files(objects, place, component, stamps)
    return [place.naming.stamp_of(component, entry.key) for entry in entries], entries
