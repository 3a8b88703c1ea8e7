"""Notifications: what happened, told once."""

from marshmallow import fields, validate
from webargs.fields import DelimitedList

from service.facade.api.schemas.base import (
    NAME,
    BaseSchema,
    Instant,
    Pattern,
    cursor_field,
    limit_field,
    next_field,
)
from service.facade.domain.notifications import MUTES, TYPES

_PLACE = "W3siZmVlZCI6ImRlZmF1bHQifSw0Ml0"
OPENED_EXAMPLE = {
    "event_id": "20260301T120500Z",
    "start_time": "2026-03-01T12:05:00Z",
    "peak_score": 0.83112,
    "peak_time": "2026-03-01T12:07:00Z",
    "diagnostics": [{"name": "pump\\flow", "component": "pump", "sensor": "flow", "value": 0.38892}],
    "event_url": "/v1/schedulers/demo-pump/events/20260301T120500Z",
}
_DATA = {"inference_scheduler_name": "demo-pump"} | OPENED_EXAMPLE


class NotificationSchema(BaseSchema):
    id = fields.String(metadata={"description": "The same wherever it is told.", "example": f"msg_{'1f' * 16}"})
    type = fields.String(validate=validate.OneOf(TYPES), metadata={"example": "anomaly.opened"})
    timestamp = Instant(
        attribute="occurred_at", metadata={"description": "When it happened.", "example": "2026-03-01T12:05:00Z"}
    )
    recorded_at = Instant(metadata={"description": "When it was found.", "example": "2026-03-01T12:10:04Z"})
    muted_by = fields.String(
        allow_none=True,
        validate=validate.OneOf(MUTES),
        metadata={"description": "Why webhooks and streams are not told; null: they are.", "example": None},
    )
    data = fields.Dict(
        metadata={"description": "What happened; docs/notifications.md has each type.", "example": _DATA}
    )


class NotificationListSchema(BaseSchema):
    notifications = fields.List(fields.Nested(NotificationSchema))
    next = next_field()
    recorded_after = fields.String(
        metadata={
            "description": "To be sent as `recorded_after`, or as `Last-Event-ID` of a stream: it leads to what is "
            "recorded from now on.",
            "example": _PLACE,
        }
    )


class FeedQuerySchema(BaseSchema):
    types = DelimitedList(
        fields.String(validate=validate.OneOf(TYPES)),
        metadata={"description": "Only these, with commas between.", "example": ["anomaly.opened", "anomaly.closed"]},
    )
    inference_scheduler_name = fields.String(
        validate=Pattern(NAME, "A name has 1 to 200 letters (a-z), digits, hyphens and underscores."),
        metadata={"description": "Only those of this scheduler."},
    )


class NotificationQuerySchema(FeedQuerySchema):
    muted = fields.Boolean(
        load_default=False, metadata={"description": "Those too that replays or maintenance windows keep quiet."}
    )
    recorded_after = fields.String(
        validate=validate.Length(1, 7_800),
        metadata={"description": "From an answer before: only what was recorded since, the oldest first."},
    )
    limit = limit_field()
    cursor = cursor_field()


class StreamQuerySchema(FeedQuerySchema):
    last_event_id = fields.String(
        validate=validate.Length(1, 7_800),
        metadata={
            "description": "As the header `Last-Event-ID`, for those who cannot send one; the header counts more."
        },
    )
