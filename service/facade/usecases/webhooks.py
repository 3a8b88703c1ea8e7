"""Webhooks: made, listed, changed and removed. What is sent to them is in `webhook_work`."""

from datetime import datetime, timedelta
from typing import Any

from service.facade.domain.pages import Page, decode_cursor
from service.facade.domain.webhooks import MOST_WEBHOOKS, KeptSecret, Webhook, new_secret, secrets_after
from service.facade.problems import InvalidRequest, QuotaExceeded, WebhookNotFound, at_pointer
from service.facade.resources import Resources, UnitOfWork
from service.facade.store import deliveries, notifications, webhooks
from service.facade.webhooks.targets import Refused

DISABLED_BY_OWNER = "Somebody of the team disabled it."


def create_webhook(
    resources: Resources,
    team: str,
    *,
    webhook_id: str,
    created_by: str,
    url: str,
    description: str,
    types: list[str] | None,
    inference_scheduler_names: list[str] | None,
) -> tuple[Webhook, str]:
    """A webhook that is told of what happens from now on, and its secret, which nobody is shown again.

    Args:
        webhook_id: the same id again is the same webhook, and has the secret that it was given then.

    Raises:
        InvalidRequest: webhooks may not go to this address.
        QuotaExceeded: the team has as many as it may.
    """
    _check_address(resources, url)
    now = resources.clock()
    wanted = Webhook(
        id=webhook_id,
        team=team,
        url=url,
        description=description,
        types=_as_tuple(types),
        inference_scheduler_names=_as_tuple(inference_scheduler_names),
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    with resources.begin() as unit:
        return _insert(resources, unit, wanted)


def _insert(resources: Resources, unit: UnitOfWork, wanted: Webhook) -> tuple[Webhook, str]:
    webhooks.lock_team(unit.db, wanted.team)
    if (found := webhooks.find(unit.db, wanted.team, wanted.id)) is None:
        if webhooks.count(unit.db, wanted.team) >= MOST_WEBHOOKS:
            raise QuotaExceeded(f"A team has at most {MOST_WEBHOOKS} webhooks. Delete one, or give one more types.")
        secret = KeptSecret(kept=_sealed(resources, new_secret()))
        webhooks.insert_once(unit.db, wanted, secret, notifications.last_sequence(unit.db))
    [holding, *_] = webhooks.secrets(unit.db, wanted.id)
    return found or wanted, resources.sealer.open(holding.kept.encode()).decode()


def show_webhook(resources: Resources, team: str, webhook_id: str) -> Webhook:
    with resources.database.begin() as db:
        return found(webhooks.find(db, team, webhook_id), webhook_id)


def list_webhooks(resources: Resources, team: str, limit: int, cursor: str | None) -> Page[Webhook]:
    """Newest first."""
    before = decode_cursor(cursor, webhook_query(team), int) if cursor else None
    with resources.database.begin() as db:
        return webhooks.page(db, team, limit, before)


def webhook_query(team: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "webhooks", "team": team}


def change_webhook(resources: Resources, team: str, webhook_id: str, wanted: dict[str, Any]) -> Webhook:
    """Change what is named in `wanted`. One that is enabled again is told of what happens from then on; what it missed
    `recover` brings. One that is disabled is sent nothing more, not even what is waiting.

    Raises:
        WebhookNotFound
        InvalidRequest: webhooks may not go to the new address.
    """
    if "url" in wanted:
        _check_address(resources, wanted["url"])
    now = resources.clock()
    with resources.database.begin() as db:
        present = found(webhooks.find(db, team, webhook_id, lock=True), webhook_id)
        values = dict(wanted)
        if wanted.get("enabled") and not present.enabled:
            values |= {"disabled_reason": None, "failing_since": None, "seen_sequence": notifications.last_sequence(db)}
        if not wanted.get("enabled", True) and present.enabled:
            values |= {"disabled_reason": DISABLED_BY_OWNER}
            deliveries.cancel_waiting(db, webhook_id, now)
        webhooks.change(db, webhook_id, now, **values)
        return found(webhooks.find(db, team, webhook_id), webhook_id)


def remove_webhook(resources: Resources, team: str, webhook_id: str) -> None:
    """Forget a webhook and everything that was sent to it."""
    with resources.database.begin() as db:
        if not webhooks.discard(db, team, webhook_id):
            raise _unknown(webhook_id)


def rotate_secret(resources: Resources, team: str, webhook_id: str, overlap: timedelta) -> tuple[str, datetime]:
    """A new secret, which nobody is shown again, and until when those before it sign along."""
    now, secret = resources.clock(), new_secret()
    ends = now + overlap
    with resources.database.begin() as db:
        found(webhooks.find(db, team, webhook_id, lock=True), webhook_id)
        kept = secrets_after(webhooks.secrets(db, webhook_id), _sealed(resources, secret), ends, now)
        webhooks.keep_secrets(db, webhook_id, kept, now)
    return secret, ends


def found(webhook: Webhook | None, webhook_id: str) -> Webhook:
    """
    Raises:
        WebhookNotFound
    """
    if webhook is None:
        raise _unknown(webhook_id)
    return webhook


def _unknown(webhook_id: str) -> WebhookNotFound:
    return WebhookNotFound(f"There is no webhook {webhook_id!r}.")


def _check_address(resources: Resources, url: str) -> None:
    try:
        resources.webhook_transport.check(url)
    except Refused as refusal:
        raise InvalidRequest(str(refusal), errors=[at_pointer("/url", str(refusal))]) from refusal


def _sealed(resources: Resources, secret: str) -> str:
    return resources.sealer.seal(secret.encode()).decode()


def _as_tuple(listed: list[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)
