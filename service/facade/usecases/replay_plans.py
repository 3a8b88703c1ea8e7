"""What a replay would do: every window in its range, the files it would read, and what becomes of its result."""

from datetime import datetime

from service.facade.domain.durations import format_duration
from service.facade.domain.replays import Actions, PlannedWindow, ReplayPlan, WindowInput
from service.facade.domain.runs import data_delay
from service.facade.domain.window_files import ListedFiles, Window, search_range, windows_between
from service.facade.problems import InvalidRequest, at_pointer
from service.facade.resources import Resources
from service.facade.usecases.execution_ranges import executions_between
from service.facade.usecases.time_ranges import check_range
from service.facade.usecases.window_inputs import InputPlace, input_place, list_window_files

_MOST_WINDOWS = 288  # a day of PT5M
_MOST_INPUTS = 30_000  # windows times components


def plan_replay(
    resources: Resources, name: str, *, start_time: datetime, end_time: datetime, existing_results: str
) -> ReplayPlan:
    """The windows that a replay of (start_time, end_time] would go through, the oldest first. Nothing is begun.

    Raises:
        InvalidRequest: the range holds no whole window, windows that have not ended, or more than can be listed.
        SchedulerNotFound, StorageRefused, StorageUnavailable, …
    """
    check_range(start_time, end_time)
    scheduler = resources.schedulers.describe(name)
    place = input_place(scheduler, resources.models.describe(scheduler.model_name).components)
    windows = _windows(resources, place, start_time, end_time)
    files = list_window_files(resources, place, windows)
    executions = executions_between(resources, name, windows[0].data_start_time, windows[-1].data_end_time)
    due_until = resources.clock() - data_delay(scheduler)
    actions = Actions.over(executions, existing_results, due_until)
    return ReplayPlan(
        inference_scheduler_name=name,
        start_time=start_time,
        end_time=end_time,
        existing_results=existing_results,
        windows=tuple(_planned(place, files, actions, window) for window in windows),
    )


def _windows(resources: Resources, place: InputPlace, start: datetime, end: datetime) -> list[Window]:
    frequency = place.naming.frequency
    most = max(1, min(_MOST_WINDOWS, _MOST_INPUTS // max(1, len(place.components))))
    if (end - start) // frequency > most:
        raise _wrong_end(
            f"A dry run lists at most {most} windows of this scheduler, and this range has "
            f"{(end - start) // frequency}. Take a shorter range; a replay itself may be longer."
        )
    windows = windows_between(start, end, frequency)
    if not windows:
        raise _wrong_end(f"Between start_time and end_time there is no whole window of {format_duration(frequency)}.")
    if windows[-1].data_end_time > resources.clock():
        raise _wrong_end("end_time lies in the future: only windows that have ended can be replayed.")
    return windows


def _planned(place: InputPlace, files: ListedFiles, actions: Actions, window: Window) -> PlannedWindow:
    inputs = (
        WindowInput(
            component=component,
            expected_key=place.expected_key(component, window),
            files=files.within(component, search_range(window)),
        )
        for component in place.components
    )
    return PlannedWindow(
        window=window,
        action=actions.of(window),
        existing_result=actions.existing_result(window),
        inputs=tuple(inputs),
    )


def _wrong_end(detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[at_pointer("/end_time", detail)])
