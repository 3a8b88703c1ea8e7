"""The audit log: who did what, when, and what came of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Act:
    """What somebody sets about to do. It holds no secret and no body.

    `operation_id` is the name of the operation in the OpenAPI document; `inference_scheduler_name` is None where the
    address names no scheduler.
    """

    at: datetime
    team: str
    actor: str
    key_id: str | None
    client_address: str | None
    method: str
    path: str
    operation_id: str
    inference_scheduler_name: str | None
    request_id: str | None


@dataclass(frozen=True, kw_only=True)
class AuditEntry(Act):
    """An act and its outcome: `status` is None while it is under way, or where the process ended in its midst."""

    id: int
    status: int | None
    problem: str | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """What a reader of the log wants to see: from `start_time` on, before `end_time`."""

    actor: str | None = None
    inference_scheduler_name: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
