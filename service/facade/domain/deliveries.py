"""Deliveries: one notification on its way to one webhook, tried until it is taken or given up."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WAITING = ("queued", "retrying")
ENDED = ("succeeded", "failed", "cancelled")
STATUSES = (*WAITING, *ENDED)
UNTRIED = ("queued",)
ORIGINS = ("notification", "test")
GONE = 410  # Standard Webhooks: the receiver wants no more of it
_MOST_KEPT = 20  # attempts

# The schedule that Standard Webhooks gives as an example: after the first attempt, which is made at once.
RETRIES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
_LATEST_RETRY = timedelta(hours=24)
_JITTER = 0.1  # of the wait, so that what failed together does not come again together


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call. `status_code` None: there was no answer; `error` None: it was taken. `answer` is its beginning."""

    attempted_at: datetime
    latency_ms: int
    status_code: int | None = None
    answer: str = ""
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.error is None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """`message_id` is the `webhook-id` of every attempt; `failures` counts since it was last begun. `attempts` has the
    last ones, `attempt_count` counts all. `next_attempt_at` None: it has ended."""

    id: str
    webhook_id: str
    team: str
    message_id: str
    origin: str
    type: str
    body: str
    created_at: datetime
    updated_at: datetime
    status: str = "queued"
    attempts: tuple[Attempt, ...] = ()
    attempt_count: int = 0
    failures: int = 0
    next_attempt_at: datetime | None = None


def attempted(delivery: Delivery, attempt: Attempt, now: datetime, chance: float, retry_after: int | None) -> Delivery:
    """The delivery after an attempt.

    A test is tried once: somebody is waiting to hear. What has ended meanwhile (its webhook was disabled) stays so,
    unless it was taken.

    Args:
        chance: from 0 to 1, for the jitter.
        retry_after: seconds for which the receiver does not want to be called, if it said so.
    """
    known = replace(
        delivery,
        attempts=(*delivery.attempts, attempt)[-_MOST_KEPT:],
        attempt_count=delivery.attempt_count + 1,
        updated_at=now,
    )
    if attempt.succeeded:
        return replace(known, status="succeeded", next_attempt_at=None)
    if delivery.status in ENDED:
        return known
    failures, again = delivery.failures + 1, delivery.origin != "test" and attempt.status_code != GONE
    if not again or failures > len(RETRIES):
        return replace(known, status="failed", failures=failures, next_attempt_at=None)
    wait = max(RETRIES[failures - 1], min(timedelta(seconds=retry_after or 0), _LATEST_RETRY))
    return replace(known, status="retrying", failures=failures, next_attempt_at=now + wait * (1 + _JITTER * chance))
