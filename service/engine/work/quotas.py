"""Bounds of one execution (AWS user guide, quotas)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from service.engine.objects import StoredObject
from service.engine.scheduling.files import FileNaming
from service.engine.scheduling.frequency import format_duration
from service.engine.scheduling.windows import Window
from service.engine.work.problems import InputProblem

FILES_PER_COMPONENT = 60
MEGABYTES = {5: 5, 10: 10, 15: 15, 30: 30, 60: 60}  # by minutes of the window
WINDOWS_IN_RANGE = 3  # the search range holds the window itself and its two neighbours
MEGABYTE = 1024**2


def check_files(naming: FileNaming, files: Mapping[str, Sequence[StoredObject]], window: Window) -> None:
    """Refuse more files or bytes than one execution may read.

    Files are counted per component among those stamped inside the window, so that one file a minute is allowed in
    every window of an hour; bytes are counted over the search range, and so may be three times those of one window.

    Raises:
        InputProblem: naming the component or the sum, and the bound.
    """
    for component, entries in files.items():
        own = sum(any(stamp in window for stamp in naming.stamps_of(component, entry.key)) for entry in entries)
        if own > FILES_PER_COMPONENT:
            raise InputProblem(
                f"Component {component} has {own} files in the window {window}; {FILES_PER_COMPONENT} are allowed. "
                "Write more rows to each file."
            )
    size = sum(entry.size for entries in files.values() for entry in entries)
    allowed = _allowed_megabytes(window)
    if size > allowed * MEGABYTE:
        raise InputProblem(
            f"The files of the window {window} and its two neighbours hold {size / MEGABYTE:.1f} MB; {allowed} MB are "
            f"allowed with a data upload frequency of {format_duration(window.frequency)}."
        )


def with_context(
    files: Mapping[str, Sequence[StoredObject]], in_range: Mapping[str, Sequence[StoredObject]], window: Window
) -> dict[str, list[StoredObject]]:
    """The files of the search range with the newest of those before it, as far as these are no more bytes in all.

    Context is welcome and not needed: a very large file that nobody asked to be scored is left alone.

    Args:
        files: by component and in the order of their stamps; those of the search range are the last.
    """
    share = _allowed_megabytes(window) * MEGABYTE // len(files)
    return {name: _fitting(entries, len(entries) - len(in_range[name]), share) for name, entries in files.items()}


def _fitting(entries: Sequence[StoredObject], before: int, room: int) -> list[StoredObject]:
    first = before
    while first and (room := room - entries[first - 1].size) >= 0:
        first -= 1
    return list(entries[first:])


def _allowed_megabytes(window: Window) -> int:
    return MEGABYTES[window.frequency // timedelta(minutes=1)] * WINDOWS_IN_RANGE


def check_rows(rows: int, window: Window) -> None:
    """Refuse more rows than one per second of the window, counted after resampling.

    Raises:
        InputProblem: saying both numbers.
    """
    allowed = int(window.frequency.total_seconds())
    if rows > allowed:
        raise InputProblem(
            f"The window {window} has {rows} rows; {allowed} are allowed, one per second. Send fewer rows, or train "
            "the model with a TargetSamplingRate."
        )
