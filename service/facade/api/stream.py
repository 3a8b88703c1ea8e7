"""/v1/stream: the feed as Server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

from flask import Response, request

from service.facade.api.access import proof_of_request
from service.facade.api.answers import json_bytes
from service.facade.api.base import Blueprint, caller, resources
from service.facade.api.schemas.notifications import StreamQuerySchema
from service.facade.counts import open_stream
from service.facade.domain.notifications import Told, document
from service.facade.problems import BadCursor, PlaceForgotten, TooManyStreams
from service.facade.usecases.feed import FeedFilter, FeedPage, place_of
from service.facade.usecases.streaming import first_place, listen, take_stream

_KIND = "text/event-stream"
_RETRY = b"retry: 3000\n"  # milliseconds until a listener comes again
_SLOWEST_SECONDS = 30.0  # that a listener may leave unread what was sent
_EXAMPLE = (
    "id: W3siZmVlZCI6ImRlZmF1bHQifSw0Ml0\n"
    "event: anomaly.opened\n"
    'data: {"id": "msg_1f…", "type": "anomaly.opened", "timestamp": "2026-03-01T12:05:00Z", "data": {…}}\n\n'
)
_LAST_EVENT_ID = {
    "in": "header",
    "name": "Last-Event-ID",
    "schema": {"type": "string"},
    "description": "The last `id` that was seen. Browsers send it themselves when they come again.",
}
blueprint = Blueprint("stream", __name__, url_prefix="/v1", description="What happens, as it happens.")


@blueprint.route("/stream", methods=["GET"], scope="read", parameters=[_LAST_EVENT_ID])
@blueprint.arguments(StreamQuerySchema, location="query")
@blueprint.problems(BadCursor, PlaceForgotten, TooManyStreams)
@blueprint.doc(responses={"200": {
    "description": "Server-sent events without an end: `event` is the type, `data` the notification as JSON, `id` its "
    "place in the feed. A comment every few seconds shows that all is well.",
    "content": {_KIND: {"schema": {"type": "string"}, "example": _EXAMPLE}},
}})  # fmt: skip
def stream_notifications(query: dict[str, Any]) -> Response:
    """Listen to notifications

    Begins now, or after `Last-Event-ID`, and misses nothing: what was recorded while nobody listened comes first.
    Muted notifications are left out. The stream ends after ten minutes; come again with the last `id`, as a browser's
    `EventSource` does by itself. With the key, token or session that opened it, it ends within seconds.
    """
    team, name = caller().team, query.get("inference_scheduler_name")
    wanted = FeedFilter(types=query.get("types"), scheduler_name=name)
    last_seen = request.headers.get("Last-Event-ID") or query.get("last_event_id")
    place = first_place(resources(), team, last_seen)
    may_listen = proof_of_request(resources())
    take_stream(resources(), team)
    _bound_writes()
    pages = listen(resources(), team, wanted, place)
    texts = _texts(team, place, pages, may_listen)
    response = Response(texts, content_type=_KIND, headers={"X-Accel-Buffering": "no"})
    response.call_on_close(partial(resources().streams.give_back, team))
    return response


def _texts(team: str, place: str, pages: Iterator[FeedPage], may_listen: Callable[[], bool]) -> Iterator[bytes]:
    with open_stream(), closing(pages):
        yield _RETRY + _place(place)
        for page in pages:
            if not may_listen():
                return
            texts = [_event(team, told) for told in page.items]
            yield b"".join(texts) or b": all is well\n" + _place(page.place)


def _event(team: str, told: Told) -> bytes:
    """The place comes first: whoever is cut off behind the data has seen both."""
    place = place_of(team, told.sequence)
    return f"id: {place}\nevent: {told.type}\ndata: ".encode() + json_bytes(document(told)) + b"\n\n"


def _place(place: str) -> bytes:
    """This is no event: it only moves on from where a listener comes again."""
    return f"id: {place}\n\n".encode()


def _bound_writes() -> None:
    """Give up a listener that does not read; without this its thread would wait for ever."""
    if connection := request.environ.get("gunicorn.socket"):
        connection.settimeout(_SLOWEST_SECONDS)
