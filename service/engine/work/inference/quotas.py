"""Bounds of one execution (AWS user guide, quotas), as far as the settings do not move them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from service.engine.objects import StoredObject
from service.engine.scheduling.files import FileNaming
from service.engine.scheduling.frequency import format_duration
from service.engine.scheduling.windows import Window
from service.engine.work.problems import InputProblem
from service.quotas import Quotas

AS_AWS_HAS_THEM = Quotas()
WINDOWS_IN_RANGE = 3  # the search range holds the window itself and its two neighbours
MEGABYTE = 1024**2


def check_files(
    naming: FileNaming,
    files: Mapping[str, Sequence[StoredObject]],
    window: Window,
    quotas: Quotas = AS_AWS_HAS_THEM,
) -> None:
    """Refuse more files or bytes than one execution may read.

    Files are counted per component among those stamped inside the window, so that one file a minute is allowed in
    every window of an hour; bytes are counted over the search range, and so may be three times those of one window.

    Raises:
        InputProblem: naming the component or the sum, and the bound.
    """
    for component, entries in files.items():
        own = sum(any(stamp in window for stamp in naming.stamps_of(component, entry.key)) for entry in entries)
        if own > quotas.execution_files_per_component:
            raise InputProblem(
                f"Component {component} has {own} files in the window {window}; "
                f"{quotas.execution_files_per_component} are allowed. Write more rows to each file."
            )
    size = sum(entry.size for entries in files.values() for entry in entries)
    allowed = _allowed_megabytes(window, quotas)
    if size > allowed * MEGABYTE:
        raise InputProblem(
            f"The files of the window {window} and its two neighbours hold {size / MEGABYTE:.1f} MB; {allowed} MB are "
            f"allowed with a data upload frequency of {format_duration(window.frequency)}."
        )


def with_context(
    files: Mapping[str, Sequence[StoredObject]],
    in_range: Mapping[str, Sequence[StoredObject]],
    window: Window,
    quotas: Quotas = AS_AWS_HAS_THEM,
) -> dict[str, list[StoredObject]]:
    """The files of the search range with the newest of those before it, as far as these are no more bytes in all.

    Context is welcome and not needed: a very large file that nobody asked to be scored is left alone.

    Args:
        files: by component and in the order of their stamps; those of the search range are the last.
    """
    share = _allowed_megabytes(window, quotas) * MEGABYTE // len(files)
    return {name: _fitting(entries, len(entries) - len(in_range[name]), share) for name, entries in files.items()}


def _fitting(entries: Sequence[StoredObject], before: int, room: int) -> list[StoredObject]:
    first = before
    while first and (room := room - entries[first - 1].size) >= 0:
        first -= 1
    return list(entries[first:])


def _allowed_megabytes(window: Window, quotas: Quotas) -> int:
    return quotas.execution_megabytes_per_minute * _minutes(window) * WINDOWS_IN_RANGE


def _minutes(window: Window) -> int:
    return window.frequency // timedelta(minutes=1)


def check_rows(rows: int, window: Window, quotas: Quotas = AS_AWS_HAS_THEM) -> None:
    """Refuse more rows than so many in a minute of the window, counted after resampling; AWS has one per second.

    Raises:
        InputProblem: saying both numbers.
    """
    allowed = quotas.execution_rows_per_minute * _minutes(window)
    if rows > allowed:
        raise InputProblem(
            f"The window {window} has {rows} rows; {allowed} are allowed, {_pace(quotas)}. "
            "Send fewer rows, or train the model with a TargetSamplingRate."
        )


def _pace(quotas: Quotas) -> str:
    per_minute = quotas.execution_rows_per_minute
    return "one per second" if per_minute == 60 else f"{per_minute} a minute"
