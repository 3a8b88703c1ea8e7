"""/v1/schedulers/{scheduler_name}/events"""

from typing import Any

from service.facade.api.answers import json_bytes
from service.facade.api.base import SCHEDULER_NAME, Blueprint, caller, resources
from service.facade.api.conditional import require_match
from service.facade.api.links import next_address
from service.facade.api.schemas.events import (
    EventListSchema,
    EventQuerySchema,
    EventSchema,
    NewAcknowledgementSchema,
    NewFeedbackSchema,
    OneEventQuerySchema,
)
from service.facade.domain.events import Event, EventFilter, Kind
from service.facade.domain.pages import Page
from service.facade.problems import BadCursor, EventNotFound, SchedulerNotFound
from service.facade.usecases import events
from service.facade.usecases.event_remarks import put_remark, remove_remark

EVENT_ID = {
    "in": "path",
    "name": "event_id",
    "required": True,
    "schema": {"type": "string"},
    "example": "20260301T120500Z",
    "description": "The start of an event. It finds the event that covers it, or that begins soon after it.",
}
_HERE = [SCHEDULER_NAME, EVENT_ID]
_SCHEMA = EventSchema()
blueprint = Blueprint("events", __name__, url_prefix="/v1/schedulers", description="Anomalies merged into events.")


@blueprint.route("/<scheduler_name>/events", methods=["GET"], scope="read", parameters=[SCHEDULER_NAME])
@blueprint.arguments(EventQuerySchema, location="query")
@blueprint.response(200, EventListSchema)
@blueprint.problems(SchedulerNotFound, BadCursor)
def list_events(query: dict[str, Any], scheduler_name: str) -> dict[str, Any]:
    """List events

    Anomalous points no further than `max_gap` from each other, whatever executions they come from; the newest event
    first. One that began before `start_time`, or goes on after `end_time`, is shown whole.
    """
    limit, cursor, most = query.pop("limit"), query.pop("cursor", None), query.pop("contributors")
    wanted = EventFilter(**query)
    page = events.list_events(resources(), caller().team, scheduler_name, wanted, limit, cursor, most)
    return {
        "events": [_with_diagnostics(event) for event in page.items],
        "max_gap": page.max_gap,
        "next": next_address(Page([], page.next_position), events.event_query(scheduler_name, wanted)),
        "warning": page.warning,
    }


@blueprint.route("/<scheduler_name>/events/<event_id>", methods=["GET"], scope="read", parameters=_HERE)
@blueprint.arguments(OneEventQuerySchema, location="query")
@blueprint.response(200, EventSchema)
@blueprint.problems(SchedulerNotFound, EventNotFound)
def describe_event(query: dict[str, Any], scheduler_name: str, event_id: str) -> dict[str, Any]:
    """Look at one event"""
    at = (scheduler_name, event_id, query.get("max_gap"))
    return _with_diagnostics(events.show_event(resources(), caller().team, *at, query["contributors"]))


@blueprint.route(
    "/<scheduler_name>/events/<event_id>/acknowledgement",
    methods=["PUT"],
    scope="operate",
    if_match=True,
    parameters=_HERE,
)
@blueprint.arguments(NewAcknowledgementSchema, example={"note": "Seen; the fitter is on his way."})
@blueprint.arguments(OneEventQuerySchema, location="query")
@blueprint.response(200, EventSchema)
@blueprint.problems(SchedulerNotFound, EventNotFound)
def acknowledge_event(
    said: dict[str, Any], query: dict[str, Any], scheduler_name: str, event_id: str
) -> dict[str, Any]:
    """Acknowledge an event

    Says that somebody has seen it; it replaces an earlier acknowledgement. It stays with the event when this grows, or
    is scored again and begins a little earlier or later. The answer is the event.
    """
    return _say("acknowledgement", said, query, scheduler_name, event_id)


@blueprint.route(
    "/<scheduler_name>/events/<event_id>/acknowledgement",
    methods=["DELETE"],
    scope="operate",
    if_match=True,
    parameters=_HERE,
)
@blueprint.arguments(OneEventQuerySchema, location="query")
@blueprint.response(204)
@blueprint.problems(SchedulerNotFound, EventNotFound)
def withdraw_acknowledgement(query: dict[str, Any], scheduler_name: str, event_id: str) -> None:
    """Take back an acknowledgement"""
    _unsay("acknowledgement", query, scheduler_name, event_id)


@blueprint.route(
    "/<scheduler_name>/events/<event_id>/feedback", methods=["PUT"], scope="operate", if_match=True, parameters=_HERE
)
@blueprint.arguments(NewFeedbackSchema, example={"verdict": "true", "fault_code": "valve-stuck"})
@blueprint.arguments(OneEventQuerySchema, location="query")
@blueprint.response(200, EventSchema)
@blueprint.problems(SchedulerNotFound, EventNotFound)
def give_feedback(said: dict[str, Any], query: dict[str, Any], scheduler_name: str, event_id: str) -> dict[str, Any]:
    """Say whether an event was a fault

    `true`, `false` or `unsure`, and which fault; it replaces earlier feedback and stays with the event as an
    acknowledgement does. The answer is the event.
    """
    return _say("feedback", said, query, scheduler_name, event_id)


@blueprint.route(
    "/<scheduler_name>/events/<event_id>/feedback", methods=["DELETE"], scope="operate", if_match=True, parameters=_HERE
)
@blueprint.arguments(OneEventQuerySchema, location="query")
@blueprint.response(204)
@blueprint.problems(SchedulerNotFound, EventNotFound)
def withdraw_feedback(query: dict[str, Any], scheduler_name: str, event_id: str) -> None:
    """Take back feedback"""
    _unsay("feedback", query, scheduler_name, event_id)


def _say(kind: Kind, said: dict[str, Any], query: dict[str, Any], name: str, event_id: str) -> dict[str, Any]:
    remark = {"kind": kind, "by": caller().actor, **said}
    at = (name, event_id, query.get("max_gap"))
    return _with_diagnostics(put_remark(resources(), caller().team, *at, query["contributors"], remark, _check))


def _unsay(kind: Kind, query: dict[str, Any], name: str, event_id: str) -> None:
    at = (name, event_id, query.get("max_gap"))
    remove_remark(resources(), caller().team, *at, query["contributors"], kind, _check)


def _check(event: Event) -> None:
    require_match(json_bytes(_SCHEMA.dump(_with_diagnostics(event))))


def _with_diagnostics(event: Event) -> dict[str, Any]:
    parts = [(name, *name.partition("\\")[::2], share) for name, share in event.contributions]
    diagnostics = [dict(zip(("name", "component", "sensor", "value"), part, strict=True)) for part in parts]
    return {**vars(event), "id": event.id, "duration": event.duration, "diagnostics": diagnostics}
