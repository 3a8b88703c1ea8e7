"""The runs of a scheduler: when it wakes, the window it then scores, and the files it looks for. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.models import Component
from service.facade.domain.schedulers import InferenceScheduler, SchedulerSummary
from service.facade.domain.window_files import Window, search_range
from service.facade.domain.windows import FREQUENCIES, InputNaming, input_file_name, window_start

_ROW_TIME = "%Y-%m-%dT%H:%M:%S.%f"


@dataclass(frozen=True, kw_only=True)
class WantedFile:
    """The input file of one component. `key` is its exact key; a file stamped from `earliest_key` to `latest_key` is
    read as well. `template` is CSV text: the header, and one row with a time inside of the window."""

    component_name: str
    bucket: str
    key: str
    earliest_key: str
    latest_key: str
    template: str


@dataclass(frozen=True, kw_only=True)
class ComingRun:
    """Rows with data_start_time < time <= data_end_time are scored; `wake_time` is the end plus the data delay."""

    wake_time: datetime
    data_start_time: datetime
    data_end_time: datetime
    files: tuple[WantedFile, ...]


def input_naming(scheduler: InferenceScheduler) -> InputNaming:
    """How a scheduler cuts and names its input files."""
    source = scheduler.data_input_configuration
    naming = source.inference_input_name_configuration
    return InputNaming(
        data_upload_frequency=scheduler.data_upload_frequency,
        timestamp_format=naming.timestamp_format,
        component_timestamp_delimiter=naming.component_timestamp_delimiter,
        input_time_zone_offset=source.input_time_zone_offset,
    )


def coming_windows(scheduler: InferenceScheduler, now: datetime, count: int) -> list[Window]:
    """The next windows to be scored, oldest first; of one that is stopped, those it would score if it started now.

    A window is run when its end lies after the start of the scheduler and its wake-up is still to come: one that ended
    before the start is not run, even where the delay puts its wake-up after it (AWS user guide, understanding the
    inference process). Of a scheduler that was stopped once and runs again only the creation is known as its start.
    """
    frequency = data_frequency(scheduler)
    started = {"RUNNING": scheduler.created_at, "PENDING": scheduler.updated_at}.get(scheduler.status, now)
    ended = max(now - data_delay(scheduler), started)
    first = window_start(ended + timedelta.resolution, frequency)
    return [Window(first + number * frequency, first + (number + 1) * frequency) for number in range(count)]


def last_due_window(scheduler: InferenceScheduler | SchedulerSummary, now: datetime) -> Window:
    """The window whose wake-up, its end plus the data delay, was the last one up to now."""
    frequency = data_frequency(scheduler)
    end = window_start(now - data_delay(scheduler) + timedelta.resolution, frequency)
    return Window(end - frequency, end)


def data_frequency(scheduler: InferenceScheduler | SchedulerSummary) -> timedelta:
    return timedelta(minutes=FREQUENCIES[scheduler.data_upload_frequency])


def data_delay(scheduler: InferenceScheduler | SchedulerSummary) -> timedelta:
    return timedelta(minutes=scheduler.data_delay_offset_in_minutes)


def coming_run(scheduler: InferenceScheduler, components: tuple[Component, ...], window: Window) -> ComingRun:
    return ComingRun(
        wake_time=window.data_end_time + data_delay(scheduler),
        data_start_time=window.data_start_time,
        data_end_time=window.data_end_time,
        files=tuple(wanted_file(scheduler, component, window) for component in components),
    )


def wanted_file(scheduler: InferenceScheduler, component: Component, window: Window) -> WantedFile:
    place, naming = scheduler.data_input_configuration.s3_input_configuration, input_naming(scheduler)
    stamps = search_range(window)
    keys = (
        place.prefix + input_file_name(component.component_name, moment, naming)
        for moment in (window.data_start_time, stamps.earliest, stamps.latest)
    )
    key, earliest, latest = keys
    return WantedFile(
        component_name=component.component_name,
        bucket=place.bucket,
        key=key,
        earliest_key=earliest,
        latest_key=latest,
        template=file_template(component, window.data_end_time),
    )


def file_template(component: Component, moment: datetime) -> str:
    """An input file with one row, in which every sensor reads 0."""
    header = ",".join((component.timestamp_column, *component.sensors))
    row = ",".join((moment.strftime(_ROW_TIME), *("0.0" for _ in component.sensors)))
    return f"{header}\n{row}\n"
