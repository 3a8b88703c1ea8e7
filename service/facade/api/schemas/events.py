"""Events: merged anomalies, and what people say of them."""

from datetime import timedelta

from marshmallow import ValidationError, fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.api.schemas.durations import Duration
from service.facade.api.schemas.predictions import MOST_SENSORS, ContributionSchema
from service.facade.domain.events import VERDICTS


def _storable(words: str) -> None:
    """PostgreSQL's text cannot hold a NUL."""
    if "\0" in words:
        raise ValidationError("A NUL cannot be kept.")


_NOTE = (validate.Length(0, 2000), _storable)
_CODE = (validate.Length(1, 100), _storable)
_SAID = {"description": "What somebody said of it, else null."}


class NewAcknowledgementSchema(BaseSchema):
    note = fields.String(allow_none=True, validate=_NOTE, metadata={"example": "Seen; the fitter is on his way."})


class AcknowledgementSchema(NewAcknowledgementSchema):
    by = fields.String(metadata={"example": "key:ana"})
    at = Instant(metadata={"example": "2026-03-01T12:31:00Z"})


class NewFeedbackSchema(BaseSchema):
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(VERDICTS),
        metadata={"description": "Whether it was a fault.", "example": "true"},
    )
    fault_code = fields.String(allow_none=True, validate=_CODE, metadata={"example": "valve-stuck"})
    note = fields.String(allow_none=True, validate=_NOTE, metadata={"example": "Actuator changed."})


class FeedbackSchema(NewFeedbackSchema):
    by = fields.String(metadata={"example": "key:ana"})
    at = Instant(metadata={"example": "2026-03-02T08:00:00Z"})


class EventSchema(BaseSchema):
    id = fields.String(metadata={"description": "Its start.", "example": "20260301T120500Z"})
    start_time = Instant(metadata={"description": "Its first anomalous point.", "example": "2026-03-01T12:05:00Z"})
    end_time = Instant(metadata={"description": "Its last one so far.", "example": "2026-03-01T12:30:00Z"})
    duration = Duration(metadata={"type": "string", "example": "PT25M"})
    status = fields.String(
        validate=validate.OneOf(["open", "closed"]),
        metadata={"description": "`open` while the next anomalous point may still belong to it."},
    )
    points = fields.Integer(metadata={"example": 26})
    peak_score = fields.Float(allow_none=True, metadata={"example": 0.92249})
    peak_time = Instant(allow_none=True, metadata={"example": "2026-03-01T12:11:00Z"})
    mean_score = fields.Float(allow_none=True, metadata={"example": 0.81203})
    diagnostics = fields.List(
        fields.Nested(ContributionSchema),
        metadata={"description": "The mean contribution of each sensor over its points, the largest first."},
    )
    acknowledgement = fields.Nested(AcknowledgementSchema, allow_none=True, metadata=_SAID)
    feedback = fields.Nested(FeedbackSchema, allow_none=True, metadata=_SAID)


class EventListSchema(BaseSchema):
    events = fields.List(fields.Nested(EventSchema))
    max_gap = Duration(metadata={"type": "string", "description": "The gap they were merged with.", "example": "PT15M"})
    next = next_field()
    warning = fields.String(
        allow_none=True, metadata={"description": "Why the newest events may be missing, else null."}
    )


def _longer_than_nothing(gap: timedelta) -> None:
    if not gap:
        raise ValidationError("Longer than PT0S.")


class OneEventQuerySchema(BaseSchema):
    max_gap = Duration(
        validate=_longer_than_nothing,
        metadata={
            "type": "string",
            "description": "Points no further than this from each other are one event. When left out: PT15M, or three "
            "times the usual pause between rows where that is longer.",
            "example": "PT15M",
        },
    )
    contributors = fields.Integer(
        load_default=5,
        validate=validate.Range(0, MOST_SENSORS),
        metadata={"description": "How many of the largest mean contributions are told.", "example": 3},
    )


class EventQuerySchema(OneEventQuerySchema):
    start_time = Instant(metadata={"description": "Events that go on after this.", "example": "2026-03-01T00:00:00Z"})
    end_time = Instant(metadata={"description": "Events that begin up to this."})
    min_duration = Duration(
        metadata={"type": "string", "description": "Only events this long or longer.", "example": "PT5M"}
    )
    min_points = fields.Integer(
        validate=validate.Range(1, 1_000_000), metadata={"description": "Only events with so many points."}
    )
    min_score = fields.Float(
        validate=validate.Range(0, 1), metadata={"description": "Only events whose peak is this high."}
    )
    status = fields.String(validate=validate.OneOf(["open", "closed"]))
    acknowledged = fields.Boolean(truthy={"true"}, falsy={"false"})
    limit = limit_field()
    cursor = cursor_field()
