"""Which schedulers are followed, and how far their results are collected."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class FollowedScheduler:
    """One incarnation of a scheduler: a name that is deleted and created again has another ARN and another history.

    Every result up to `collected_through` (a data start time) was collected at `collected_at`; `swept_at` is when all
    executions of the upstream were last compared with what is collected. None means "not yet".
    """

    id: int
    inference_scheduler_arn: str
    inference_scheduler_name: str
    team: str
    collected_through: datetime | None = None
    collected_at: datetime | None = None
    swept_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FollowedReplay:
    """A replay whose results are to be collected: while it goes on, and once more when it has ended."""

    replay_id: str
    inference_scheduler_name: str
    start_time: datetime
    end_time: datetime


@dataclass(frozen=True, kw_only=True)
class CollectedResult:
    """A result object that was read, as it was then; `fault` says why there was nothing to be had from it. `source` is
    the address it was imported from, None for the result of an execution."""

    data_start_time: datetime
    etag: str
    fault: str | None = None
    source: str | None = None
