"""What was sent to webhooks, attempt by attempt, and what is to be sent again."""

import json
from typing import Any

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.domain.deliveries import ORIGINS, STATUSES


class RecoverySchema(BaseSchema):
    since = Instant(required=True, metadata={"description": "At most 30 days ago.", "example": "2026-03-01T00:00:00Z"})


class RecoveredSchema(BaseSchema):
    deliveries = fields.Integer(metadata={"description": "How many are sent now.", "example": 3})


class AttemptSchema(BaseSchema):
    attempted_at = Instant(metadata={"example": "2026-03-01T12:05:00Z"})
    status_code = fields.Integer(allow_none=True, metadata={"description": "Null: no answer.", "example": 204})
    latency_ms = fields.Integer(metadata={"example": 41})
    answer = fields.String(
        metadata={"description": "How the receiver's answer begins, at most 1,024 bytes.", "example": ""}
    )
    error = fields.String(
        allow_none=True, metadata={"description": "Why it counts as failed; null: it was taken.", "example": None}
    )


class PayloadField(fields.Raw):
    """What was sent, as JSON."""

    def _serialize(self, value: str, *_: Any, **__: Any) -> Any:
        return json.loads(value)


class DeliverySchema(BaseSchema):
    id = fields.String()
    webhook_id = fields.String(metadata={"example": "9d1c0f4b2f6f7e113f2b8c1d9e4a47b6"})
    message_id = fields.String(
        metadata={
            "description": "The `webhook-id` of every attempt: a receiver that has seen it need do nothing.",
            "example": "msg_27b9a0f1c3d54e6f8a7b6c5d4e3f2a1b",
        }
    )
    origin = fields.String(validate=validate.OneOf(ORIGINS), metadata={"example": "notification"})
    type = fields.String(metadata={"example": "anomaly.opened"})
    status = fields.String(
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "`queued`: not tried yet; `retrying`: failed, and tried again; `failed`: given up; "
            "`cancelled`: the webhook was disabled before.",
            "example": "succeeded",
        },
    )
    attempt_count = fields.Integer(metadata={"example": 1})
    next_attempt_at = Instant(allow_none=True, metadata={"description": "Null when it has ended.", "example": None})
    attempts = fields.List(fields.Nested(AttemptSchema), metadata={"description": "The last 20, oldest first."})
    payload = PayloadField(
        attribute="body",
        metadata={
            "type": "object",
            "description": "What was sent.",
            "example": {
                "id": "msg_27b9a0f1c3d54e6f8a7b6c5d4e3f2a1b",
                "type": "anomaly.opened",
                "timestamp": "2026-03-01T12:05:00Z",
                "data": {"inference_scheduler_name": "demo-pump"},
            },
        },
    )
    created_at = Instant()
    updated_at = Instant()


class DeliveryListSchema(BaseSchema):
    deliveries = fields.List(fields.Nested(DeliverySchema))
    next = next_field()


class DeliveryQuerySchema(BaseSchema):
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"example": "failed"})
    limit = limit_field()
    cursor = cursor_field()
