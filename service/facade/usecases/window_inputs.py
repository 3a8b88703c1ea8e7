"""The input files that lie in a scheduler's bucket for some of its windows: one listing of a range per component."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.facade.aws.objects import list_objects
from service.facade.domain.models import Component
from service.facade.domain.runs import input_naming
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.window_files import ListedFiles, StampRange, Window, WindowFile, search_range, stamp_of
from service.facade.domain.windows import InputNaming, input_file_name
from service.facade.resources import Resources
from service.threads import Threads

_LISTINGS = 8


@dataclass(frozen=True)
class InputPlace:
    """Where a scheduler's input files lie, how they are named, and which components there must be files of."""

    bucket: str
    prefix: str
    naming: InputNaming
    components: tuple[str, ...]

    def expected_key(self, component: str, window: Window) -> str:
        """The file that is named as this service names them: after the start of the window."""
        return self.prefix + input_file_name(component, window.data_start_time, self.naming)


def input_place(scheduler: InferenceScheduler, components: Iterable[Component]) -> InputPlace:
    """The place of a scheduler whose model has these components."""
    where = scheduler.data_input_configuration.s3_input_configuration
    names = tuple(component.component_name for component in components)
    return InputPlace(where.bucket, where.prefix, input_naming(scheduler), names)


def list_window_files(resources: Resources, place: InputPlace, windows: Sequence[Window]) -> ListedFiles:
    """Every file that one of these windows, the oldest first, may read.

    Raises:
        StorageRefused, StorageUnavailable
    """
    stamps = StampRange(search_range(windows[0]).earliest, search_range(windows[-1]).latest)
    with Threads(_LISTINGS, thread_name_prefix="list") as pool:
        found = pool.map(lambda component: _list(resources, place, component, stamps), place.components)
        return ListedFiles(dict(zip(place.components, found, strict=True)))


def _list(resources: Resources, place: InputPlace, component: str, stamps: StampRange) -> list[WindowFile]:
    """In the order of stamps: between two keys of one component it is that of the keys."""
    first, last = (
        place.prefix + input_file_name(component, moment, place.naming) for moment in (stamps.earliest, stamps.latest)
    )
    prefix = place.prefix + component + place.naming.component_timestamp_delimiter
    files = []
    for entry in list_objects(resources.buckets.client, place.bucket, prefix, first, last):
        stamp = stamp_of(component, entry["Key"].removeprefix(place.prefix), place.naming)
        if stamp is not None:
            modified = entry["LastModified"]
            files.append(WindowFile(key=entry["Key"], size=entry["Size"], stamp=stamp, last_modified=modified))
    return files
