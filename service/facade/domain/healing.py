"""Late data: windows that failed or ran short for lack of data, and whose data came afterwards."""

from dataclasses import dataclass
from datetime import datetime

from service.facade.domain.window_files import Window

REASONS = ("missing_input_file", "no_rows_in_window", "late_rows")


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
