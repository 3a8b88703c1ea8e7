"""Executions: the runs of a scheduler."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.domain.executions import FAILURE_CODES
from service.facade.domain.healing import REASONS
from service.facade.domain.replays import STATUSES as REPLAY_STATUSES

STATUSES = ["IN_PROGRESS", "SUCCESS", "FAILED"]


class S3ObjectSchema(BaseSchema):
    bucket = fields.String(metadata={"example": "plant"})
    key = fields.String(metadata={"example": "out/2026-03-01T12:00:00Z/results.jsonl"})


class HealedSchema(BaseSchema):
    """Why and how a window was scored again whose data came late."""

    replay_id = fields.String(metadata={"example": "5f0c8a3b9d7e4f21a6b8c9d0e1f2a3b4"})
    reason = fields.String(
        validate=validate.OneOf(REASONS),
        metadata={
            "description": "The failure code it had, or `late_rows`: files came or changed after it had started.",
            "example": "missing_input_file",
        },
    )
    status = fields.String(
        validate=validate.OneOf(REPLAY_STATUSES), metadata={"description": "Of the replay.", "example": "succeeded"}
    )
    at = Instant(metadata={"description": "When the replay was begun.", "example": "2026-03-01T12:20:00Z"})


class ExecutionSchema(BaseSchema):
    """One run over the window (data_start_time, data_end_time]."""

    scheduled_start_time = Instant(metadata={"example": "2026-03-01T12:05:00Z"})
    data_start_time = Instant(metadata={"example": "2026-03-01T12:00:00Z"})
    data_end_time = Instant(metadata={"example": "2026-03-01T12:05:00Z"})
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"example": "SUCCESS"})
    failed_reason = fields.String(allow_none=True, metadata={"description": "The engine's own words.", "example": None})
    failure_code = fields.String(
        allow_none=True,
        validate=validate.OneOf([*FAILURE_CODES, None]),
        metadata={"description": "The reason as a word for programs.", "example": None},
    )
    customer_result_object = fields.Nested(S3ObjectSchema, allow_none=True)
    model_version = fields.Integer(allow_none=True, metadata={"example": 1})
    healed = fields.Nested(
        HealedSchema,
        allow_none=True,
        metadata={"description": "Set where data came late and the window was scored again, once."},
    )


class ExecutionListSchema(BaseSchema):
    executions = fields.List(fields.Nested(ExecutionSchema))
    next = next_field()


class ExecutionQuerySchema(BaseSchema):
    status = fields.String(validate=validate.OneOf(STATUSES))
    data_start_time_after = Instant()
    data_end_time_before = Instant()
    limit = limit_field()
    cursor = cursor_field()
