"""Deliveries as their owner sees them: looked at, tried out, sent again. The sending is in `webhook_work`."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from service.facade.domain.deliveries import Delivery
from service.facade.domain.notifications import Told, document
from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.webhooks import TEST_TYPE, Webhook, as_body, trial
from service.facade.problems import Conflict, DeliveryNotFound, InvalidRequest, at_pointer
from service.facade.resources import Resources
from service.facade.store import deliveries, webhooks
from service.facade.usecases.notifying import DELIVER
from service.facade.usecases.webhooks import found

KEPT = timedelta(days=30)


def delivery_of(webhook: Webhook, told: Told, now: datetime) -> Delivery:
    """The delivery of a notification, due at once."""
    return Delivery(
        id=uuid4().hex,
        webhook_id=webhook.id,
        team=webhook.team,
        message_id=told.id,
        origin="notification",
        type=told.type,
        body=as_body(document(told)),
        created_at=now,
        updated_at=now,
        next_attempt_at=now,
    )


def send_test(resources: Resources, team: str, webhook_id: str, delivery_id: str) -> Delivery:
    """Have a test call made; for a webhook that is disabled, too. The same `delivery_id` again is the same call."""
    now = resources.clock()
    message_id = f"msg_{delivery_id}"
    with resources.begin() as unit:
        webhook = found(webhooks.find(unit.db, team, webhook_id), webhook_id)
        wanted = Delivery(
            id=delivery_id,
            webhook_id=webhook_id,
            team=team,
            message_id=message_id,
            origin="test",
            type=TEST_TYPE,
            body=as_body(trial(webhook, message_id, now)),
            created_at=now,
            updated_at=now,
            next_attempt_at=now,
        )
        deliveries.insert_new(unit.db, [wanted])
        unit.send(DELIVER)
        return deliveries.find(unit.db, team, delivery_id) or wanted


def show_delivery(resources: Resources, team: str, delivery_id: str) -> Delivery:
    with resources.database.begin() as db:
        return _found(deliveries.find(db, team, delivery_id), delivery_id)


def list_deliveries(
    resources: Resources, team: str, webhook_id: str, status: str | None, limit: int, cursor: str | None
) -> Page[Delivery]:
    """Newest first.

    Raises:
        WebhookNotFound
    """
    before = decode_cursor(cursor, delivery_query(team, webhook_id, status), int) if cursor else None
    with resources.database.begin() as db:
        found(webhooks.find(db, team, webhook_id), webhook_id)
        return deliveries.page(db, team, webhook_id, limit, before, status)


def delivery_query(team: str, webhook_id: str, status: str | None) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "deliveries", "team": team, "webhook_id": webhook_id, "status": status}


def redeliver(resources: Resources, team: str, delivery_id: str) -> Delivery:
    """Send it again now, whatever became of it, and by the whole schedule if it fails.

    Raises:
        DeliveryNotFound
        Conflict: the webhook is disabled.
    """
    now = resources.clock()
    with resources.begin() as unit:
        wanted = _found(deliveries.find(unit.db, team, delivery_id), delivery_id)
        webhook = webhooks.find(unit.db, team, wanted.webhook_id, lock=True)  # it is not disabled meanwhile
        if wanted.origin != "test":
            _refuse_disabled(webhook)
        deliveries.begin_again(unit.db, delivery_id, now)
        unit.send(DELIVER)
        return _found(deliveries.find(unit.db, team, delivery_id), delivery_id)


def recover(resources: Resources, team: str, webhook_id: str, since: datetime) -> int:
    """Send everything since a moment that the webhook should have been told of and has not taken: what failed, and
    what happened while it was disabled, or not there yet. How many deliveries that is; they may be so many that the
    worker makes them, from the place in the feed that the webhook goes back to. What it has stays as it is.

    Raises:
        WebhookNotFound
        InvalidRequest: nothing is kept of a time so long ago.
        Conflict: the webhook is disabled.
    """
    now = resources.clock()
    if since < now - KEPT:
        detail = f"Notifications are kept for {KEPT.days} days."
        raise InvalidRequest(detail, errors=[at_pointer("/since", detail)])
    with resources.begin() as unit:
        webhook = found(webhooks.find(unit.db, team, webhook_id, lock=True), webhook_id)
        _refuse_disabled(webhook)
        failed = deliveries.begin_failed_again(unit.db, webhook_id, since, now)
        missed, first = deliveries.never_sent(unit.db, webhook, since)
        if missed:
            webhooks.move_back(unit.db, webhook_id, first - 1)
        unit.send(DELIVER)
    return failed + missed


def _refuse_disabled(webhook: Webhook | None) -> None:
    if webhook is not None and not webhook.enabled:
        raise Conflict(f"The webhook {webhook.id!r} is disabled. Enable it first: PATCH it with enabled = true.")


def _found(delivery: Delivery | None, delivery_id: str) -> Delivery:
    if delivery is None:
        raise DeliveryNotFound(f"There is no delivery {delivery_id!r}.")
    return delivery
