"""What is in the files of the windows: held against the model's columns and rate, and against the clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.facade.domain.durations import format_duration
from service.facade.domain.models import Component
from service.facade.domain.validation import Check, failed, findings_or_ok, warning
from service.facade.domain.window_files import Window
from service.facade.sensordata.inspected_windows import (
    bad_cells_in,
    empty_and_constant,
    nearest_time,
    rows_in,
    sampling,
    scored_rows,
    zone_shift,
)
from service.facade.sensordata.inspection import InspectedFile

Files = Mapping[str, InspectedFile]  # by key
_UTC = "Write the times of rows in UTC, or with their zone (2026-03-01T14:05:00+01:00)."
_GAP = 3  # times the usual step


@dataclass(frozen=True)
class Rows:
    """The files that a run of each window reads, by component. A component is left out of a window where it has no
    file, or one that was not looked into."""

    components: tuple[Component, ...]
    rate: timedelta | None
    by_window: Mapping[Window, Mapping[str, Files]]

    def of(self, component: str) -> Files:
        """All files of a component."""
        return {key: file for files in self.by_window.values() for key, file in files.get(component, {}).items()}


def check_rows(rows: Rows) -> list[Check]:
    """Everything that can be said of the rows; nothing where there is no file."""
    if not any(rows.of(component.component_name) for component in rows.components):
        return []
    return [
        *findings_or_ok("columns", _columns(rows), "Every file has the columns of the model."),
        *findings_or_ok("cells", _cells(rows), "Every time and every number can be read."),
        *findings_or_ok("rows", _rows(rows), "Every window has rows of each component."),
        *findings_or_ok("row_count", _row_counts(rows), "No window has more rows than one per second."),
        *findings_or_ok("sampling", _sampling(rows), "Rows come as often as the model was trained with."),
        *findings_or_ok("gaps", _gaps(rows), "There are no gaps."),
        *findings_or_ok("sensors", _sensors(rows), "Every sensor has values, and they change."),
    ]


def _columns(rows: Rows) -> Iterator[Check]:
    for name, key, file in _files(rows):
        if file.missing:
            said = f"{key} lacks the columns {', '.join(file.missing)}."
            to_do = "Add them, with empty cells where nothing is known."
            yield failed("columns", said, to_do, component_name=name, key=key)
        if file.unknown:
            said = f"The model knows nothing of the columns {', '.join(file.unknown)} of {key}; they are not read."
            yield warning("columns", said, "Leave them out, or mend their names.", component_name=name, key=key)
        if file.reordered:
            said = f"The columns of {key} stand in another order than those of the model; they are read by name."
            to_do = "Keep the model's order: GET /v1/models/{model_name} has it."
            yield warning("columns", said, to_do, component_name=name, key=key)


def _cells(rows: Rows) -> Iterator[Check]:
    for name, key, file in _files(rows):
        if file.unreadable:
            yield failed("cells", f"{key}: {file.unreadable}", "Write it anew.", component_name=name, key=key)
        bad = [cell for window, files in _windows_of(rows, name) if key in files for cell in bad_cells_in(file, window)]
        if bad:
            first, more = bad[0], f" {len(set(bad)) - 1:,} more cells are wrong." if len(set(bad)) > 1 else ""
            what = "time" if first.time is None else "number"
            said = f"{key}, row {first.row}, column {first.column!r}: {first.text[:80]!r} is no {what}.{more}"
            yield failed("cells", said, "Mend the cell, or leave it empty.", component_name=name, key=key)


def _rows(rows: Rows) -> Iterator[Check]:
    for component in rows.components:
        for window, files in _windows_of(rows, component.component_name):
            read = [file for file in files.values() if not file.unreadable]
            if read and not rows_in(read, window):
                said, to_do = _why_no_rows(read, window)
                yield failed(
                    "rows", f"No row of {', '.join(files)} has a time in the window. {said}", to_do,
                    component_name=component.component_name, data_start_time=window.data_start_time,
                )  # fmt: skip


def _why_no_rows(files: Sequence[InspectedFile], window: Window) -> tuple[str, str]:
    span = f"({window.data_start_time:%FT%TZ}, {window.data_end_time:%FT%TZ}]"
    if shift := zone_shift(files, window):
        hours = f"{abs(shift) / timedelta(hours=1):g} h {'ahead' if shift > timedelta() else 'behind'}"
        return f"All rows are {hours}: times of rows are read as UTC, whatever input_time_zone_offset says.", _UTC
    nearest = nearest_time(files, window)
    if nearest is None:
        return "There are no rows at all.", f"Write rows with times in {span}."
    return f"The nearest row is at {nearest:%FT%TZ}.", f"Write rows with times in {span}, which is open at its start."


def _row_counts(rows: Rows) -> Iterator[Check]:
    for window, scored in _scored(rows):
        allowed = int(window.frequency.total_seconds())
        if scored > allowed:
            said = f"The window has {scored} rows; {allowed} are allowed, one per second."
            to_do = "Send fewer rows, or train the model with a TargetSamplingRate."
            yield failed("row_count", said, to_do, data_start_time=window.data_start_time)


def _sampling(rows: Rows) -> Iterator[Check]:
    if rows.rate is None:
        return
    rate = format_duration(rows.rate)
    for window, scored in _scored(rows):
        if not scored and any(rows_in(files.values(), window) for files in rows.by_window[window].values()):
            said = f"No bucket of the model's rate {rate} that ends in the window has a row."
            to_do = f"Send rows over the whole window, at least one each {rate}."
            yield failed("sampling", said, to_do, data_start_time=window.data_start_time)
    for component in rows.components:
        found = sampling(list(rows.of(component.component_name).values()), list(rows.by_window))
        if found.step and found.step > rows.rate:
            said = f"Rows of {component.component_name} come every {format_duration(found.step)}; the rate is {rate}."
            to_do = "Send rows as often as in training: what is between them is filled with the last value."
            yield warning("sampling", said, to_do, component_name=component.component_name)


def _gaps(rows: Rows) -> Iterator[Check]:
    for component in rows.components:
        name = component.component_name
        found = sampling(list(rows.of(name).values()), list(rows.by_window))
        usual = max(found.step or timedelta(), rows.rate or timedelta())
        if found.largest and found.largest > _GAP * usual:
            lasting = format_duration(found.largest)
            said = f"Between two rows of {name} there are {lasting}, from {found.largest_at:%FT%TZ} on."
            yield warning("gaps", said, "See that the producer sends without a break.", component_name=name)


def _sensors(rows: Rows) -> Iterator[Check]:
    for component in rows.components:
        name = component.component_name
        files = [file for file in rows.of(name).values() if not file.unreadable]
        empty, constant = empty_and_constant(files, component.sensors)
        if empty:
            said = f"{name}: {', '.join(empty)} have no value at all."
            yield warning("sensors", said, "See whether they are connected.", component_name=name)
        if constant:
            said = f"{name}: {', '.join(constant)} do not change."
            yield warning("sensors", said, "See whether they are stuck, or the machine is off.", component_name=name)


def _scored(rows: Rows) -> Iterator[tuple[Window, int]]:
    """Rows that would be scored of each window that has files of every component."""
    for window, files in rows.by_window.items():
        if len(files) == len(rows.components):
            yield window, scored_rows([list(one.values()) for one in files.values()], window, rows.rate)


def _windows_of(rows: Rows, component: str) -> Iterator[tuple[Window, Files]]:
    for window, files in rows.by_window.items():
        if component in files:
            yield window, files[component]


def _files(rows: Rows) -> Iterator[tuple[str, str, InspectedFile]]:
    """(component, key, file), each once."""
    for component in rows.components:
        for key, file in rows.of(component.component_name).items():
            yield component.component_name, key, file
