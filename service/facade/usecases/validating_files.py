"""The files of the windows: how many and how large they are, and what is in them."""

from collections.abc import Callable, Iterator

from service.facade.aws.objects import find_object
from service.facade.domain.models import Component
from service.facade.domain.validation import Check, failed, findings_or_ok, warning
from service.facade.domain.window_files import ListedFiles, Window, WindowFile, search_range
from service.facade.domain.windows import FREQUENCIES
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.sensordata.inspection import InspectedFile, inspect_file
from service.facade.usecases.validating_look import Look
from service.facade.usecases.validating_names import check_presence
from service.facade.usecases.validating_places import problem_found
from service.facade.usecases.validating_rows import Rows, check_rows
from service.facade.usecases.window_inputs import list_window_files
from service.threads import Threads

_FILES_OF_A_WINDOW = 60  # of one component (AWS user guide, quotas); stamped inside the window
_WINDOWS_IN_RANGE = 3  # the bound on bytes is for a window, and both of its neighbours are read with it
_MEGABYTE = 1024**2
_READERS = 8
_LARGEST_FILE, _ALL_FILES = 2 * _MEGABYTE, 32 * _MEGABYTE  # what is looked into

Files = dict[str, InspectedFile]  # by key


def check_files(resources: Resources, look: Look) -> list[Check]:
    """Which files are there, and what is in them."""
    try:
        listed = list_window_files(resources, look.place, look.windows)
    except Problem as problem:
        return [problem_found("files", problem, "Let the service list the input prefix.")]
    files, findings = _inspect(resources, look, listed)
    return [
        *check_presence(resources, look, listed),
        *findings_or_ok("quotas", _quotas(look, listed), "No window has too many files or bytes."),
        *findings_or_ok("input_read", findings, f"{len(files)} files were read."),
        *check_rows(Rows(look.components, look.rate, _by_window(look, listed, files))),
    ]


def _quotas(look: Look, listed: ListedFiles) -> Iterator[Check]:
    """More than one execution may read (AWS user guide, quotas)."""
    allowed = FREQUENCIES[look.scheduler.data_upload_frequency] * _WINDOWS_IN_RANGE
    for window in look.windows:
        size = 0
        for component in look.place.components:
            files = listed.within(component, search_range(window))
            size += sum(file.size for file in files)
            own = sum(window.data_start_time < file.stamp <= window.data_end_time for file in files)
            if own > _FILES_OF_A_WINDOW:
                said = f"{component} has {own} files in the window; {_FILES_OF_A_WINDOW} are allowed."
                yield failed(
                    "quotas", said, "Write more rows to each file.", component_name=component,
                    data_start_time=window.data_start_time,
                )  # fmt: skip
        if size > allowed * _MEGABYTE:
            said = (
                f"The files of the window and its two neighbours hold {size / _MEGABYTE:.1f} MB; {allowed} are allowed."
            )
            yield failed("quotas", said, "Write fewer rows.", data_start_time=window.data_start_time)


def _inspect(resources: Resources, look: Look, listed: ListedFiles) -> tuple[Files, list[Check]]:
    """Read the files, the newest first, up to a bound."""
    chosen, findings, room = [], [], _ALL_FILES
    for file, component in sorted(_files(look, listed), key=lambda pair: pair[0].stamp, reverse=True):
        room -= min(file.size, _LARGEST_FILE)
        if file.size > _LARGEST_FILE or room < 0:
            said = f"It has {file.size / _MEGABYTE:.1f} MB and was not looked into."
            findings.append(_of_file(warning, file, component, said, "Look at fewer windows, or at a smaller file."))
        else:
            chosen.append((file, component))
    with Threads(_READERS, thread_name_prefix="validate") as pool:
        read = list(pool.map(lambda pair: _read(resources, look.place.bucket, *pair), chosen))
    for (file, component), content in zip(chosen, read, strict=True):
        if isinstance(content, Problem):
            findings.append(
                _of_file(failed, file, component, content.detail, "Let the service read it (s3:GetObject).")
            )
    found = {file.key: one for (file, _), one in zip(chosen, read, strict=True) if isinstance(one, InspectedFile)}
    return found, findings


def _files(look: Look, listed: ListedFiles) -> Iterator[tuple[WindowFile, Component]]:
    for component in look.components:
        for file in listed.by_component[component.component_name]:
            yield file, component


def _read(resources: Resources, bucket: str, file: WindowFile, component: Component) -> InspectedFile | Problem | None:
    try:
        content = find_object(resources.buckets.client, bucket, file.key)
    except Problem as problem:
        return problem
    return None if content is None else inspect_file(content, component)


def _of_file(kind: Callable[..., Check], file: WindowFile, component: Component, said: str, to_do: str) -> Check:
    return kind("input_read", said, to_do, component_name=component.component_name, key=file.key)


def _by_window(look: Look, listed: ListedFiles, files: Files) -> dict[Window, dict[str, Files]]:
    """What a run of each window reads, by component; without those that have no file, or one that was not read."""
    found: dict[Window, dict[str, Files]] = {}
    for window in look.windows:
        keys_of = {
            component: [file.key for file in listed.within(component, search_range(window))]
            for component in look.place.components
        }
        found[window] = {
            component: {key: files[key] for key in keys}
            for component, keys in keys_of.items()
            if keys and all(key in files for key in keys)
        }
    return found
