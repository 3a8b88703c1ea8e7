"""A replay: past windows of a scheduler, scored now from the files in its input prefix."""

from dataclasses import dataclass
from datetime import datetime

UNFINISHED = ("pending", "in_progress", "stopping")
ENDED = ("success", "failed", "stopped")
STATUSES = (*UNFINISHED, *ENDED)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """`status` is one of `STATUSES`; what the upstream did not say is None."""

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
