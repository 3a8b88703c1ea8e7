"""Maintenance windows: times in which what happens to a scheduler is kept, but not told aloud."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class MaintenanceWindow:
    """From `start_time` up to, but not including, `end_time`."""

    id: str
    team: str
    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime
    note: str | None
    created_by: str
    created_at: datetime

    def covers(self, moment: datetime) -> bool:
        return self.start_time <= moment < self.end_time
