"""/v1/webhooks/{webhook_id}/deliveries, /v1/deliveries, and what makes deliveries: test and recover"""

from typing import Any

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.idempotency import client_token
from service.facade.api.links import next_address
from service.facade.api.schemas.deliveries import (
    DeliveryListSchema,
    DeliveryQuerySchema,
    DeliverySchema,
    RecoveredSchema,
    RecoverySchema,
)
from service.facade.domain.deliveries import UNTRIED, Delivery
from service.facade.problems import BadCursor, Conflict, DeliveryNotFound, WebhookNotFound
from service.facade.usecases import webhook_deliveries

blueprint = Blueprint("deliveries", __name__, url_prefix="/v1", description="What was sent to whom, and how it went.")
_LOCATION = {"Location": {"schema": {"type": "string"}}}
Begun = tuple[Delivery, int, dict[str, str]]


@blueprint.route("/webhooks/<webhook_id>/test", methods=["POST"], scope="operate")
@blueprint.response(202, DeliverySchema, headers=_LOCATION)
@blueprint.problems(WebhookNotFound)
def test_webhook(webhook_id: str) -> Begun:
    """Make a test call

    It is signed, sent and logged like any other, and tried once. With `Prefer: wait` the answer says what the receiver
    answered. A webhook that is disabled can be tested, too.
    """
    delivery = webhook_deliveries.send_test(resources(), caller().team, webhook_id, client_token()[:32])
    return _begun(delivery)


@blueprint.route("/webhooks/<webhook_id>/recover", methods=["POST"], scope="operate")
@blueprint.arguments(RecoverySchema, example={"since": "2026-03-01T00:00:00Z"})
@blueprint.response(200, RecoveredSchema)
@blueprint.problems(WebhookNotFound, Conflict)
def recover_webhook(wanted: dict[str, Any], webhook_id: str) -> dict[str, int]:
    """Send what a webhook has missed

    Everything since a moment that it should have been told of and has not taken: what failed, and what happened while
    it was disabled or not there yet. Nothing is sent twice that was taken.
    """
    sent = webhook_deliveries.recover(resources(), caller().team, webhook_id, wanted["since"])
    return {"deliveries": sent}


@blueprint.route("/webhooks/<webhook_id>/deliveries", methods=["GET"], scope="read")
@blueprint.arguments(DeliveryQuerySchema, location="query")
@blueprint.response(200, DeliveryListSchema)
@blueprint.problems(WebhookNotFound, BadCursor)
def list_deliveries(query: dict[str, Any], webhook_id: str) -> dict[str, Any]:
    """List the deliveries of a webhook

    Newest first; they are kept for 30 days.
    """
    team, status = caller().team, query.get("status")
    page = webhook_deliveries.list_deliveries(
        resources(), team, webhook_id, status, query["limit"], query.get("cursor")
    )
    bound_to = webhook_deliveries.delivery_query(team, webhook_id, status)
    return {"deliveries": page.items, "next": next_address(page, bound_to)}


@blueprint.route("/deliveries/<delivery_id>", methods=["GET"], scope="read", unfinished=UNTRIED)
@blueprint.response(200, DeliverySchema)
@blueprint.problems(DeliveryNotFound)
def describe_delivery(delivery_id: str) -> Delivery:
    """Show a delivery with its attempts

    Waiting for it ends when an attempt was made.
    """
    return webhook_deliveries.show_delivery(resources(), caller().team, delivery_id)


@blueprint.route("/deliveries/<delivery_id>/redeliver", methods=["POST"], scope="operate")
@blueprint.response(202, DeliverySchema, headers=_LOCATION)
@blueprint.problems(DeliveryNotFound, Conflict)
def redeliver(delivery_id: str) -> Begun:
    """Send a delivery again

    Now, whatever became of it before, with the same `webhook-id`; if it fails it is retried like a new one.
    """
    return _begun(webhook_deliveries.redeliver(resources(), caller().team, delivery_id))


def _begun(delivery: Delivery) -> Begun:
    return delivery, 202, {"Location": f"/v1/deliveries/{delivery.id}"}
