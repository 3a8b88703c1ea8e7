"""/v1/notifications"""

from typing import Any

from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.links import leading_on, next_address
from service.facade.api.schemas.notifications import NotificationListSchema, NotificationQuerySchema
from service.facade.domain.notifications import Told
from service.facade.problems import BadCursor, InvalidRequest, PlaceForgotten, at_parameter
from service.facade.usecases import feed
from service.facade.usecases.feed import FeedFilter

blueprint = Blueprint("notifications", __name__, url_prefix="/v1", description="What happened, told once.")


@blueprint.route("/notifications", methods=["GET"], scope="read")
@blueprint.arguments(NotificationQuerySchema, location="query")
@blueprint.response(200, NotificationListSchema)
@blueprint.problems(BadCursor, PlaceForgotten)
def list_notifications(query: dict[str, Any]) -> dict[str, Any]:
    """List notifications

    What webhooks and streams are told: incidents, failures, changes of status, and what has ended; the newest first,
    of the last 30 days. Whoever polls sends the `recorded_after` of each answer with the next request, gets what was
    recorded since, the oldest first, and misses nothing.
    """
    limit, cursor, place = query["limit"], query.get("cursor"), query.get("recorded_after")
    name = query.get("inference_scheduler_name")
    wanted = FeedFilter(types=query.get("types"), scheduler_name=name, muted=query["muted"])
    if place is None:
        page, place = feed.list_newest(resources(), caller().team, wanted, limit, cursor)
        return _answer(page.items, next_address(page, feed.feed_query(wanted)), place)
    if cursor is not None:
        detail = "recorded_after and cursor lead different ways; send one of them."
        raise InvalidRequest(detail, errors=[at_parameter("cursor", detail)])
    read = feed.read_on(resources(), caller().team, wanted, limit, place)
    return _answer(read.items, leading_on("recorded_after", read.place) if read.more else None, read.place)


def _answer(items: list[Told], following: str | None, place: str) -> dict[str, Any]:
    return {"notifications": items, "next": following, "recorded_after": place}
