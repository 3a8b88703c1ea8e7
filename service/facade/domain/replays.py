"""A replay: past windows of a scheduler, scored now from the files in its input prefix."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Status is pending, in_progress, success, failed, stopping or stopped."""

    id: str
    inference_scheduler_name: str
    status: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    existing_results: str | None = None
    total_windows: int | None = None
    succeeded_windows: int | None = None
    failed_windows: int | None = None
    skipped_windows: int | None = None
    failed_reason: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
