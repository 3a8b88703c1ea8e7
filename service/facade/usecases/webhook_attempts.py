"""One attempt at a delivery, and what follows from it: the next one, or a webhook that is given up."""

import random
import time
from datetime import datetime

import structlog

from service import __version__
from service.facade.counts import count_webhook_delivery
from service.facade.domain.audit import Act
from service.facade.domain.deliveries import GONE, Attempt, Delivery, attempted
from service.facade.domain.moments import iso
from service.facade.domain.webhooks import Webhook, lasting_failure, signed_headers
from service.facade.resources import Resources, UnitOfWork
from service.facade.sealing import Unsealable
from service.facade.store import audit, deliveries, webhooks
from service.facade.webhooks.transport import Answer

_HEADERS = {"Content-Type": "application/json", "User-Agent": f"lookout-for-machines/{__version__}"}
log = structlog.get_logger(__name__)


def attempt_delivery(resources: Resources, delivery: Delivery) -> bool:
    """Call the receiver and write down what came of it; whether it took the delivery.

    The row is written after the answer: whoever is killed in between calls again, with the same `webhook-id`.
    """
    began, attempted_at = time.monotonic(), resources.clock()
    answer = _call(resources, delivery, attempted_at)
    seconds = time.monotonic() - began
    attempt = Attempt(
        attempted_at=attempted_at,
        latency_ms=round(seconds * 1000),
        status_code=answer.status_code,
        answer=answer.beginning,
        error=answer.error,
    )
    with resources.begin() as unit:
        after = _record(unit, delivery, attempt, answer.retry_after, resources.clock())
    count_webhook_delivery(_outcome(answer, after), seconds)
    return attempt.succeeded


def _call(resources: Resources, delivery: Delivery, now: datetime) -> Answer:
    with resources.database.begin() as db:
        webhook, kept = webhooks.get(db, delivery.webhook_id), webhooks.secrets(db, delivery.webhook_id)
    if webhook is None:
        return Answer(error="The webhook is gone.")
    try:
        valid = [one for one in kept if one.expires_at is None or one.expires_at > now]
        secrets = [resources.sealer.open(one.kept.encode()).decode() for one in valid]
        body = delivery.body.encode()
        headers = signed_headers(secrets, delivery.message_id, body, now)
        return resources.webhook_transport.post(webhook.url, _HEADERS | headers, body)
    except Unsealable as error:
        return Answer(error=f"The secret cannot be read, so nothing was sent. {error} Rotate the secret.")
    except Exception as error:  # the row has to say so, or it would be due again at once
        log.error("delivery_broke", delivery=delivery.id, exc_info=error)
        return Answer(error="Something is wrong with this service; the log knows more.")


def _record(
    unit: UnitOfWork, delivery: Delivery, attempt: Attempt, retry_after: int | None, now: datetime
) -> Delivery | None:
    """The delivery as it is now; None when its webhook was deleted meanwhile."""
    webhook = webhooks.get(unit.db, delivery.webhook_id, lock=True)
    present = deliveries.lock(unit.db, delivery.id)
    if webhook is None or present is None:
        return None
    after = attempted(present, attempt, now, random.random(), retry_after)
    deliveries.record(unit.db, after)
    if attempt.succeeded or present.origin != "test":
        _judge(unit, webhook, attempt, now)
    return after


def _judge(unit: UnitOfWork, webhook: Webhook, attempt: Attempt, now: datetime) -> None:
    """Disable a webhook whose receiver wants no more, or has taken nothing for days."""
    failing_since = None if attempt.succeeded else webhook.failing_since or now
    if failing_since != webhook.failing_since:
        webhooks.note_failure(unit.db, webhook.id, failing_since)
    if attempt.status_code == GONE:
        reason = f"The receiver answered 410 Gone at {iso(now)}: it wants no more."
    else:
        reason = lasting_failure(failing_since, now)
    if reason and webhook.enabled:
        _disable(unit, webhook, reason, now)


def _disable(unit: UnitOfWork, webhook: Webhook, reason: str, now: datetime) -> None:
    webhooks.change(unit.db, webhook.id, now, enabled=False, disabled_reason=reason)
    deliveries.cancel_waiting(unit.db, webhook.id, now)
    audit.insert(unit.db, _act(webhook, now), status=200)
    log.warning("webhook_disabled", webhook=webhook.id, team=webhook.team, reason=reason)


def _act(webhook: Webhook, now: datetime) -> Act:
    """How the audit log shows what the service did by itself."""
    return Act(
        at=now,
        team=webhook.team,
        actor="service:webhooks",
        key_id=None,
        client_address=None,
        method="WORKER",
        path=f"/v1/webhooks/{webhook.id}",
        operation_id="disable_webhook",
        inference_scheduler_name=None,
        request_id=None,
    )


def _outcome(answer: Answer, delivery: Delivery | None) -> str:
    if answer.error is None:
        return "succeeded"
    if answer.refused:
        return "refused"
    return "failed" if delivery and delivery.next_attempt_at else "given_up"
