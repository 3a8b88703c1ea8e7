"""One run of a scheduler over one window, and why it failed in a word that programs can test."""

import re
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class InferenceExecution:
    """The window is (data_start_time, data_end_time]; `customer_result_object` is (bucket, key) of a SUCCESS."""

    scheduled_start_time: datetime
    data_start_time: datetime
    data_end_time: datetime
    status: str
    failed_reason: str | None = None
    customer_result_object: tuple[str, str] | None = None
    model_version: int | None = None

    @property
    def failure_code(self) -> str | None:
        return failure_code(self.failed_reason) if self.status == "FAILED" else None


@dataclass(frozen=True, kw_only=True)
class ExecutionFilter:
    """None means "any"."""

    status: str | None = None
    data_start_time_after: datetime | None = None
    data_end_time_before: datetime | None = None


# The first that matches counts. Known texts of the service come first; the rest are words that any engine would use.
_CODES = (
    ("missing_input_file", r"could not find data file"),
    ("no_rows_in_window", r"have no row in the window|no (bucket|rows?|data) .*window"),
    ("too_much_input", r" are allowed|too many|too large|quota|limit of \d+"),
    ("access_denied", r"access ?denied|permission|not allowed to|not authori[sz]ed|forbidden|cannot be assumed"),
    ("unreadable_input", r"could not read|cannot be read|unreadable|missing column|not a (number|timestamp|csv)|parse"),
    ("model_unavailable", r"model .*(no active version|cannot be loaded)"),
    ("bucket_missing", r"bucket .* does not exist|nosuchbucket"),
    ("storage_unavailable", r"s3 (did not answer|failed to)"),
    ("engine_failed", r"engine itself failed|internal (server )?error"),
)
FAILURE_CODES = (*(code for code, _ in _CODES), "other")


def failure_code(failed_reason: str | None) -> str:
    """Derive the code from the sentence; ``other`` when it is none that we know."""
    reason = (failed_reason or "").lower()
    return next((code for code, pattern in _CODES if re.search(pattern, reason)), "other")
