"""Late data: windows that failed or ran short for lack of data, and whose data came afterwards. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.executions import InferenceExecution
from service.facade.domain.runs import data_delay, data_frequency, last_due_window
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.window_files import Window, WindowFile

LACKING_DATA = ("missing_input_file", "no_rows_in_window")  # failure codes that data can mend
LATE_ROWS = "late_rows"
REASONS = (*LACKING_DATA, LATE_ROWS)
QUIET = timedelta(seconds=10)  # files that came later than this ago may not be the last ones
_OWN_RUN_COMES = timedelta(seconds=15)
_OWN_RUN_WAITED_FOR = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class HealedWindow:
    """A window that was scored again because its data came late. Once: another time makes no second one.

    `reason` is the failure code of the execution that failed, or `late_rows` where a file came or changed after a
    successful one had started. `status` and `at` are those of the replay.
    """

    data_start_time: datetime
    data_end_time: datetime
    reason: str
    replay_id: str
    status: str
    at: datetime


@dataclass(frozen=True)
class LateWindow:
    """A window that is to be scored again, and why."""

    window: Window
    reason: str


def why_late(execution: InferenceExecution, own_files: Sequence[Sequence[WindowFile]], now: datetime) -> str | None:
    """The reason to score a window again, one of `REASONS`; None when there is none, or not yet.

    Args:
        own_files: the files of the window itself, for each component. Its neighbours' come later in any case.
    """
    newest = max((file.last_modified for files in own_files for file in files), default=None)
    if newest is None or newest <= execution.scheduled_start_time or newest > now - QUIET:
        return None
    if execution.status == "SUCCESS":
        return LATE_ROWS
    return execution.failure_code if execution.failure_code in LACKING_DATA and all(own_files) else None


def first_run(late: Iterable[LateWindow]) -> list[LateWindow]:
    """The oldest windows that follow each other without a gap: one replay does for them, and touches no other."""
    run: list[LateWindow] = []
    for each in sorted(late, key=lambda one: one.window):
        if run and each.window.data_start_time != run[-1].window.data_end_time:
            break
        run.append(each)
    return run


def is_idle(scheduler: InferenceScheduler, executions: Sequence[InferenceExecution], now: datetime) -> bool:
    """Whether the scheduler's own runs leave room: none is at work, overdue or about to come."""
    ends = [execution.data_end_time for execution in executions if execution.status != "IN_PROGRESS"]
    if len(ends) < len(executions):
        return False
    if scheduler.status != "RUNNING":
        return True
    due = last_due_window(scheduler, now).data_end_time
    since_wake_up = now - data_delay(scheduler) - due
    was_there = scheduler.created_at < due  # a scheduler's first window ends after its creation
    has_run = not was_there or any(end >= due for end in ends) or since_wake_up > _OWN_RUN_WAITED_FOR
    return has_run and since_wake_up < data_frequency(scheduler) - _OWN_RUN_COMES
