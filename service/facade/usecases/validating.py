"""A look ahead at a scheduler: what would let its runs fail, said before they do. Nothing that is found is an error."""

from dataclasses import replace
from datetime import datetime

from service.facade.domain.durations import parse_duration
from service.facade.domain.models import Model
from service.facade.domain.runs import data_frequency, last_due_window
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.validation import Check, Validation, failed, ok, warning
from service.facade.domain.window_files import Window, windows_between
from service.facade.problems import InvalidRequest, ModelNotFound, Problem, SchedulerNotFound, at_pointer
from service.facade.resources import Resources
from service.facade.usecases.validating_files import check_files
from service.facade.usecases.validating_look import Look
from service.facade.usecases.validating_places import check_places, problem_found

MOST_WINDOWS = 24
_MOST_FILES = 600  # windows times components


def validate(
    resources: Resources, name: str, windows: int, start_time: datetime | None, end_time: datetime | None
) -> Validation:
    """Check everything that a run of the scheduler needs.

    Args:
        windows: how many of the last windows that have been due are looked at, and the one that is due next; none that
            ended before the scheduler was created, which no run ever looks at.
        start_time, end_time: or those that lie between two times; of many the last ones.

    Raises:
        SchedulerNotFound: there is none.
        InvalidRequest: there is no whole window between the two times.
    """
    resources = replace(resources, buckets=replace(resources.buckets, client=resources.buckets.quick))
    try:
        scheduler = resources.schedulers.describe(name)
    except SchedulerNotFound:
        raise
    except Problem as problem:
        return _of_nothing(name, problem_found("scheduler", problem, "The engine has to describe the scheduler."))
    wanted = _windows(scheduler, resources.clock(), windows, start_time, end_time)
    model, said = _check_model(resources, scheduler.model_name)
    checks = [ok("scheduler", f"The scheduler is {scheduler.status}."), *said, *check_places(resources, scheduler)]
    if model and model.components:
        wanted = wanted[-max(1, _MOST_FILES // len(model.components)) :]
        checks += _check_input(resources, scheduler, model, wanted, checks)
    return Validation(
        inference_scheduler_name=name,
        data_start_time=wanted[0].data_start_time,
        data_end_time=wanted[-1].data_end_time,
        windows=len(wanted),
        checks=tuple(checks),
    )


def _of_nothing(name: str, check: Check) -> Validation:
    return Validation(
        inference_scheduler_name=name, data_start_time=None, data_end_time=None, windows=0, checks=(check,)
    )


def _windows(
    scheduler: InferenceScheduler, now: datetime, windows: int, start: datetime | None, end: datetime | None
) -> list[Window]:
    frequency = data_frequency(scheduler)
    if start is not None and end is not None:
        found = windows_between(max(start, end - (MOST_WINDOWS + 1) * frequency), end, frequency)
        if not found:
            detail = f"There is no whole window of {scheduler.data_upload_frequency} between start_time and end_time."
            raise InvalidRequest(detail, errors=[at_pointer("/end_time", detail)])
        return found[-MOST_WINDOWS:]
    due = last_due_window(scheduler, now).data_end_time
    found = windows_between(due - windows * frequency, due + frequency, frequency)
    return [window for window in found if window.data_end_time > scheduler.created_at] or found[-1:]


def _check_model(resources: Resources, name: str) -> tuple[Model | None, list[Check]]:
    try:
        model = resources.models.describe(name)
    except ModelNotFound:
        return None, [failed("model", f"There is no model {name!r}.", "Create it again, or another scheduler.")]
    except Problem as problem:
        return None, [problem_found("model", problem, "The engine has to describe the model.")]
    checks = []
    if model.status != "SUCCESS":
        checks.append(failed("model", f"The model {name} is {model.status}.", "Train it, and activate a version."))
    if not model.components:
        said = f"The model {name} has no schema, so its files cannot be looked at."
        checks.append(warning("model", said, "Ask the engine's own log, or train the model anew."))
    return model, checks or [ok("model", f"The model {name} is trained and has {len(model.components)} components.")]


def _check_input(
    resources: Resources, scheduler: InferenceScheduler, model: Model, windows: list[Window], before: list[Check]
) -> list[Check]:
    if any(check.check == "input_listed" and check.status == "failed" for check in before):
        return [warning("files", "The input files were not looked at: they cannot be listed.", "See input_listed.")]
    rate = parse_duration(model.target_sampling_rate) if model.target_sampling_rate else None
    return check_files(resources, Look(scheduler, model.components, rate, tuple(windows), resources.clock()))
