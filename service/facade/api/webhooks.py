"""/v1/webhooks

Whoever makes or changes a webhook decides where the team's data go, so that needs the scope `admin`. To have something
sent again to an address that was approved needs `operate`.
"""

from datetime import timedelta
from typing import Any

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.base import PageQuerySchema
from service.facade.api.schemas.webhooks import (
    CreatedWebhookSchema,
    NewWebhookSchema,
    RotatedSecretSchema,
    RotationSchema,
    WebhookChangesSchema,
    WebhookListSchema,
    WebhookSchema,
)
from service.facade.domain.webhooks import Webhook
from service.facade.problems import BadCursor, QuotaExceeded, WebhookNotFound
from service.facade.usecases import webhooks

blueprint = Blueprint(
    "webhooks", __name__, url_prefix="/v1/webhooks", description="Whom to tell when something happens."
)
_NEW = {"url": "https://receiver.example.com/lookout", "types": ["anomaly.opened", "anomaly.closed"]}
_LOCATION = {"Location": {"schema": {"type": "string"}}}


@blueprint.route("", methods=["POST"], scope="admin")
@blueprint.arguments(NewWebhookSchema, example=_NEW)
@blueprint.response(201, CreatedWebhookSchema, headers=_LOCATION)
@blueprint.problems(QuotaExceeded)
def create_webhook(wanted: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Have an address told

    From now on, each notification is sent there as a signed POST by the rules of Standard Webhooks. The answer has the
    secret that signs them; it is shown this once.
    """
    webhook, secret = webhooks.create_webhook(
        resources(), caller().team, webhook_id=client_token()[:32], created_by=caller().actor, **wanted
    )
    return {**vars(webhook), "secret": secret}, 201, {"Location": f"/v1/webhooks/{webhook.id}"}


@blueprint.route("", methods=["GET"], scope="read")
@blueprint.arguments(PageQuerySchema, location="query")
@blueprint.response(200, WebhookListSchema)
@blueprint.problems(BadCursor)
def list_webhooks(query: dict[str, Any]) -> dict[str, Any]:
    """List the team's webhooks

    Newest first.
    """
    team = caller().team
    page = webhooks.list_webhooks(resources(), team, query["limit"], query.get("cursor"))
    return {"webhooks": page.items, "next": next_address(page, webhooks.webhook_query(team))}


@blueprint.route("/<webhook_id>", methods=["GET"], scope="read")
@blueprint.response(200, WebhookSchema)
@blueprint.problems(WebhookNotFound)
def describe_webhook(webhook_id: str) -> Webhook:
    """Show a webhook"""
    return webhooks.show_webhook(resources(), caller().team, webhook_id)


@blueprint.route("/<webhook_id>", methods=["PATCH"], scope="admin")
@blueprint.arguments(WebhookChangesSchema, example={"enabled": True})
@blueprint.response(200, WebhookSchema)
@blueprint.problems(WebhookNotFound)
def update_webhook(wanted: dict[str, Any], webhook_id: str) -> Webhook:
    """Change a webhook

    What waits is sent to the address that holds when it is sent. A webhook that is enabled again is told of what
    happens from then on; `recover` brings what it missed.
    """
    return webhooks.change_webhook(resources(), caller().team, webhook_id, wanted)


@blueprint.route("/<webhook_id>", methods=["DELETE"], scope="admin")
@blueprint.response(204)
@blueprint.problems(WebhookNotFound)
def delete_webhook(webhook_id: str) -> None:
    """Remove a webhook and its deliveries"""
    webhooks.remove_webhook(resources(), caller().team, webhook_id)


@blueprint.route("/<webhook_id>/rotate-secret", methods=["POST"], scope="admin")
@blueprint.arguments(RotationSchema, example={"overlap_hours": 24})
@blueprint.response(200, RotatedSecretSchema)
@blueprint.problems(WebhookNotFound)
def rotate_webhook_secret(wanted: dict[str, Any], webhook_id: str) -> dict[str, Any]:
    """Give a webhook a new secret

    For a day, or as long as the request says, calls are signed with the old one, too, so that receivers can change over
    one by one. Both signatures stand in the same header. At most four secrets sign at a time.
    """
    overlap = timedelta(hours=wanted["overlap_hours"])
    secret, ends = webhooks.rotate_secret(resources(), caller().team, webhook_id, overlap)
    return {"secret": secret, "old_secret_expires_at": ends}
