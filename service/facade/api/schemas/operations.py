"""Operations: changes of a scheduler that take a while."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant
from service.facade.api.schemas.problems import ProblemSchema
from service.facade.domain.operations import KINDS, STATUSES


class OperationSchema(BaseSchema):
    id = fields.String()
    kind = fields.String(validate=validate.OneOf(KINDS))
    inference_scheduler_name = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    scheduler_status = fields.String(
        allow_none=True, metadata={"description": "As last seen; null when the scheduler is gone."}
    )
    problem = fields.Nested(ProblemSchema, allow_none=True, metadata={"description": "Why it failed."})
    created_at = Instant()
    updated_at = Instant()
