"""What is told to others as it happens: one notification for each incident, in the order of one feed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from service.facade.domain.moments import iso

TYPES = (
    "anomaly.opened",
    "anomaly.closed",
    "execution.failed",
    "scheduler.status_changed",
    "scheduler.stale",
    "upload.finished",
    "replay.finished",
)
MUTES = ("replay", "maintenance")


def _new_id() -> str:
    return f"msg_{uuid4().hex}"


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Something that happened, told once.

    `incident` names what happened, so that whoever finds it a second time tells nobody again. `data` is what receivers
    get: JSON, in the words of the REST answers. `muted_by` says why it is kept but not sent; one of MUTES.
    """

    type: str
    team: str
    incident: str
    occurred_at: datetime
    inference_scheduler_name: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    muted_by: str | None = None
    id: str = field(default_factory=_new_id)


@dataclass(frozen=True, kw_only=True)
class Told(Notification):
    """A notification of the feed: `sequence` is its place. Whoever has seen all up to a place misses none after it."""

    sequence: int
    recorded_at: datetime


def document(told: Notification) -> dict[str, Any]:
    """What receivers get, of a webhook and of the stream alike: `type`, `timestamp` and `data` as the Standard Webhooks
    want them, and the id, by which one that comes twice is known."""
    return {"id": told.id, "type": told.type, "timestamp": iso(told.occurred_at), "data": told.data}
