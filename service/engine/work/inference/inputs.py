"""The input of one window: which objects belong to it, and the readings in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

from service.engine.detection import Readings
from service.engine.objects import ObjectStore, StoredObject
from service.engine.scheduling.files import FileNaming, SearchRange, list_after, list_until, search_range, stamp_within
from service.engine.scheduling.stamps import named_zone, parse_offset
from service.engine.scheduling.windows import Window
from service.engine.work.frames.alignment import between, stacked
from service.engine.work.inference.file_rows import FileRows, ParsedFiles
from service.engine.work.inference.missing_data import Taken, missing_file_reason, no_rows_reason
from service.engine.work.inference.quotas import AS_AWS_HAS_THEM, check_files, with_context
from service.engine.work.problems import InputProblem
from service.quotas import Quotas

Components = Mapping[str, tuple[str, ...]]  # component name -> its sensors, as the model was trained
Listing = Callable[[str, SearchRange], list[StoredObject]]  # a component's files of a range, in the order of stamps


@dataclass(frozen=True)
class InputPlace:
    """Where a scheduler's input files lie and how they are named."""

    bucket: str
    naming: FileNaming


def input_place(configuration: Mapping[str, Any]) -> InputPlace:
    """From the wire's DataInputConfiguration, whose defaults the operations have filled in."""
    source, names = configuration["S3InputConfiguration"], configuration["InferenceInputNameConfiguration"]
    naming = FileNaming(
        prefix=source.get("Prefix", ""),
        timestamp_format=names["TimestampFormat"],
        delimiter=names["ComponentTimestampDelimiter"],
        zone=_zone(configuration),
    )
    return InputPlace(source["Bucket"], naming)


def _zone(configuration: Mapping[str, Any]) -> tzinfo:
    name = configuration.get("InputTimeZone")
    return named_zone(name) if name else timezone(parse_offset(configuration["InputTimeZoneOffset"]))


def list_files(objects: ObjectStore, place: InputPlace, component: str, stamps: SearchRange) -> list[StoredObject]:
    """A component's files of a range in the order of their stamps; only keys that can belong to it are listed."""
    start = place.naming.key_start(component)
    after, until = list_after(place.naming, component, stamps), list_until(place.naming, component, stamps)
    entries = objects.list(place.bucket, start, after=after, until=until)
    stamped = ((stamp_within(place.naming, component, entry.key, stamps), entry) for entry in entries)
    return [entry for _, entry in sorted((pair for pair in stamped if pair[0]), key=lambda pair: pair[0])]


def live_listing(objects: ObjectStore, place: InputPlace) -> Listing:
    """Ask S3 for every window anew; what a scheduled run does."""
    return lambda component, stamps: list_files(objects, place, component, stamps)


@dataclass(frozen=True)
class WindowInput:
    """What was read for a window: each component's readings up to its end, and how many rows came too late.

    late_rows: rows of the window before, in files that were written after that window was scored.
    """

    components: list[Readings]
    late_rows: int


def read_window(
    objects: ObjectStore,
    files: ParsedFiles,
    place: InputPlace,
    listing: Listing,
    components: Components,
    window: Window,
    context: timedelta,
    quotas: Quotas = AS_AWS_HAS_THEM,
    scored_before: datetime | None = None,
    taken: Taken = tuple,
) -> WindowInput:
    """Each component's readings up to the end of the window, with rows before it as context where there are any.

    Args:
        listing: how the files of a range are found.
        context: how far before the window rows are of use for scoring. Files outside the search range are read for
            context only; what is wrong with them is nobody's concern.
        scored_before: when the window before this one was scored; rows count as late that were written later.
        taken: tells which prefixes are other schedulers' own, should a file have to be looked for elsewhere.

    Raises:
        InputProblem: a component without a file or without a row, a bad cell, a quota.
        ObjectsRefused, ObjectsUnavailable: as the object store says.
    """
    stamps = search_range(window)
    wide = SearchRange(min(stamps.earliest, window.data_start_time - context), stamps.latest)
    found = objects.concurrently(lambda component: listing(component, wide), components)
    chosen = dict(zip(components, found, strict=True))
    in_range = {
        name: [e for e in entries if stamp_within(place.naming, name, e.key, stamps)]
        for name, entries in chosen.items()
    }
    for component, entries in in_range.items():
        if not entries:
            raise InputProblem(missing_file_reason(objects, place.bucket, place.naming, component, window, taken))
    check_files(place.naming, in_range, window, quotas)
    parsed = files.read(objects, place.bucket, with_context(chosen, in_range, window, quotas), components)
    readings = [_component_readings(place, name, parsed[name], in_range[name], window) for name in components]
    nearby = (file for name, files in parsed.items() for file in files[-len(in_range[name]) :])
    return WindowInput(readings, _late_rows(nearby, window, scored_before) if scored_before else 0)


def _late_rows(files: Iterable[FileRows], window: Window, scored_before: datetime) -> int:
    before = (window.data_start_time - window.frequency, window.data_start_time)
    return sum(file.rows_between(*before) for file in files if file.is_newer(scored_before))


def _component_readings(
    place: InputPlace, component: str, files: list[FileRows], in_range: list[StoredObject], window: Window
) -> Readings:
    for file in files:
        if file.entry in in_range and (said := file.problem_in(window)):
            raise InputProblem(f"Could not read s3://{place.bucket}/{file.entry.key}: {said}")
    readings = stacked([file.readings for file in files])
    if not len(between(readings, window.data_start_time, window.data_end_time)):
        keys = [entry.key for entry in in_range]
        raise InputProblem(no_rows_reason(place.bucket, place.naming, component, readings, keys, window))
    return between(readings, None, window.data_end_time)
