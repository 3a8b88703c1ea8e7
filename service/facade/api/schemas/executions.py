"""Executions: the runs of a scheduler."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.domain.executions import FAILURE_CODES

STATUSES = ["IN_PROGRESS", "SUCCESS", "FAILED"]


class S3ObjectSchema(BaseSchema):
    bucket = fields.String()
    key = fields.String()


class ExecutionSchema(BaseSchema):
    """One run over the window (data_start_time, data_end_time]."""

    scheduled_start_time = Instant()
    data_start_time = Instant()
    data_end_time = Instant()
    status = fields.String(validate=validate.OneOf(STATUSES))
    failed_reason = fields.String(allow_none=True, metadata={"description": "The engine's own words."})
    failure_code = fields.String(
        allow_none=True,
        validate=validate.OneOf([*FAILURE_CODES, None]),
        metadata={"description": "The reason as a word for programs."},
    )
    customer_result_object = fields.Nested(S3ObjectSchema, allow_none=True)
    model_version = fields.Integer(allow_none=True)


class ExecutionListSchema(BaseSchema):
    executions = fields.List(fields.Nested(ExecutionSchema))
    next = next_field()


class ExecutionQuerySchema(BaseSchema):
    status = fields.String(validate=validate.OneOf(STATUSES))
    data_start_time_after = Instant()
    data_end_time_before = Instant()
    limit = limit_field()
    cursor = cursor_field()
