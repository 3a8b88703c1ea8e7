"""The files of a replay, listed and fetched for many windows at once instead of for each."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from service.engine.objects import ObjectsRefused, ObjectStore, StoredObject
from service.engine.resources import Resources
from service.engine.scheduling.files import SearchRange, search_range
from service.engine.scheduling.windows import Window
from service.engine.store.schedulers import Scheduler
from service.engine.work.bucket.trained_models import TrainedModel
from service.engine.work.inference.active_versions import active_version
from service.engine.work.inference.inputs import InputPlace, Listing, input_place, list_files
from service.engine.work.inference.window_runs import PARSED_FILES, Prepared
from service.engine.work.problems import InputProblem

LISTED_AT_ONCE = 300  # windows; a day of PT5M
READ_AT_ONCE = 12  # windows
READ_AHEAD_BYTES = 32 * 1024**2  # more than this is left to each window


def with_files(
    resources: Resources, scheduler: Scheduler, windows: Sequence[Window]
) -> Iterator[tuple[Window, Prepared | None]]:
    """Each window with what is ready for it; its files are parsed already, as far as that was possible.

    What goes wrong here is left for the window itself to say.
    """
    place = input_place(scheduler.data_input_configuration)
    for day in _batches(windows, LISTED_AT_ONCE):
        try:
            trained = active_version(resources, scheduler.id)
            listing = _listing_of(resources.objects, place, trained.components, day, trained.context)
        except (InputProblem, ObjectsRefused):
            yield from ((window, None) for window in day)
            continue
        for hour in _batches(day, READ_AT_ONCE):
            _read_ahead(resources.objects, place, listing, trained, hour)
            yield from ((window, Prepared(trained, listing)) for window in hour)


def _batches(windows: Sequence[Window], size: int) -> Iterator[Sequence[Window]]:
    return (windows[first : first + size] for first in range(0, len(windows), size))


def _read_ahead(
    objects: ObjectStore, place: InputPlace, listing: Listing, trained: TrainedModel, windows: Sequence[Window]
) -> None:
    stamps = SearchRange(search_range(windows[0]).earliest, search_range(windows[-1]).latest)
    chosen = {name: listing(name, stamps) for name in trained.components}
    if sum(entry.size for entries in chosen.values() for entry in entries) > READ_AHEAD_BYTES:
        return
    try:
        PARSED_FILES.read(objects, place.bucket, chosen, trained.components)
    except ObjectsRefused:
        return


def _listing_of(
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
        found = entries[bisect_left(times, wanted.earliest) : bisect_right(times, wanted.latest)]
        return list(dict.fromkeys(reversed(found)))[::-1]  # a file of two stamps stands where its later one is

    return listing


def _stamped(
    objects: ObjectStore, place: InputPlace, component: str, stamps: SearchRange
) -> tuple[list[datetime], list[StoredObject]]:
    """Stamps, ascending, and the files that carry them."""
    entries = list_files(objects, place, component, stamps)
    pairs = [(stamp, entry) for entry in entries for stamp in place.naming.stamps_of(component, entry.key)]
    pairs.sort(key=lambda pair: pair[0])
    return [stamp for stamp, _ in pairs], [entry for _, entry in pairs]
