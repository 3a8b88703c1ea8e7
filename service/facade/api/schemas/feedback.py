"""The list of feedback."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.api.schemas.events import FeedbackSchema
from service.facade.domain.events import VERDICTS


class FeedbackItemSchema(FeedbackSchema):
    event_id = fields.String(metadata={"example": "20260301T120500Z"})
    start_time = Instant(
        metadata={"description": "Of the event, when this was said.", "example": "2026-03-01T12:05:00Z"}
    )
    end_time = Instant(metadata={"example": "2026-03-01T12:30:00Z"})


class FeedbackListSchema(BaseSchema):
    feedback = fields.List(fields.Nested(FeedbackItemSchema))
    next = next_field()


class FeedbackQuerySchema(BaseSchema):
    verdict = fields.String(validate=validate.OneOf(VERDICTS), metadata={"example": "true"})
    limit = limit_field()
    cursor = cursor_field()
