"""A replay: past windows of a scheduler, scored now from the files in its input prefix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from service.facade.domain.executions import InferenceExecution
from service.facade.domain.window_files import Window, WindowFile

UNFINISHED = ("queued", "running", "cancelling")
ENDED = ("succeeded", "failed", "cancelled")
STATUSES = (*UNFINISHED, *ENDED)
ORIGINS = ("request", "healing")
ACTIONS = ("score", "overwrite", "keep", "leave")


@dataclass(frozen=True, kw_only=True)
class ReplayState:
    """What the upstream says of a replay; what it did not say is None. `status` is one of `STATUSES`."""

    status: str
    total_windows: int | None = None
    succeeded_windows: int | None = None
    failed_windows: int | None = None
    skipped_windows: int | None = None
    failed_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Replay:
    """`id` is ours and, as ClientToken, what the upstream knows the request by; `upstream_replay_id` is None until the
    upstream has answered. `origin` is `request` for what somebody asked for, `healing` for late data. `warning` says
    why `state` may be old. `notify`: others are told of what it finds, as of new results. `request_id`: of the request
    that led to it."""

    id: str
    team: str
    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime
    existing_results: str
    origin: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    state: ReplayState = ReplayState(status="queued")
    notify: bool = False
    upstream_replay_id: str | None = None
    warning: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class WindowInput:
    """What a window would read of one component: the file that is looked for first, and every file in its range."""

    component: str
    expected_key: str
    files: tuple[WindowFile, ...]


@dataclass(frozen=True)
class ResultObject:
    bucket: str
    key: str


@dataclass(frozen=True, kw_only=True)
class PlannedWindow:
    """What a replay would do with a window; `action` is one of `ACTIONS`."""

    window: Window
    action: str
    existing_result: ResultObject | None
    inputs: tuple[WindowInput, ...]

    @property
    def missing(self) -> list[str]:
        """The components without any file; one is enough for the window to fail."""
        return [one.component for one in self.inputs if not one.files]


@dataclass(frozen=True, kw_only=True)
class ReplayPlan:
    """What a replay would do, window by window, the oldest first."""

    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime
    existing_results: str
    windows: tuple[PlannedWindow, ...]


@dataclass(frozen=True)
class Actions:
    """What a replay does with windows: by the executions that they have, and by when the schedule comes to them.

    A window whose regular run is at work, or still to come after `due_until`, is left to it.
    """

    executions: Mapping[tuple[datetime, datetime], InferenceExecution]
    existing_results: str
    due_until: datetime

    @classmethod
    def over(cls, executions: Iterable[InferenceExecution], existing_results: str, due_until: datetime) -> "Actions":
        by_window = {(one.data_start_time, one.data_end_time): one for one in executions}
        return cls(by_window, existing_results, due_until)

    def of(self, window: Window) -> str:
        execution = self._execution(window)
        if window.data_end_time > self.due_until or (execution and execution.status == "IN_PROGRESS"):
            return "leave"
        return self.existing_results if execution and execution.status == "SUCCESS" else "score"

    def existing_result(self, window: Window) -> ResultObject | None:
        execution = self._execution(window)
        place = execution and execution.customer_result_object
        return ResultObject(*place) if place else None

    def _execution(self, window: Window) -> InferenceExecution | None:
        return self.executions.get((window.data_start_time, window.data_end_time))
