"""Replays: past windows scored now."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant
from service.facade.domain.replays import STATUSES


class NewReplaySchema(BaseSchema):
    start_time = Instant(required=True, metadata={"example": "2026-03-01T00:00:00Z"})
    end_time = Instant(required=True, metadata={"example": "2026-03-02T00:00:00Z"})
    existing_results = fields.String(
        load_default="keep",
        validate=validate.OneOf(["keep", "overwrite"]),
        metadata={"description": "`keep` leaves windows alone that have a result; `overwrite` scores them again."},
    )


class ReplaySchema(BaseSchema):
    id = fields.String()
    inference_scheduler_name = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    start_time = Instant(allow_none=True)
    end_time = Instant(allow_none=True)
    existing_results = fields.String(allow_none=True)
    total_windows = fields.Integer(allow_none=True)
    succeeded_windows = fields.Integer(allow_none=True)
    failed_windows = fields.Integer(allow_none=True)
    skipped_windows = fields.Integer(allow_none=True)
    failed_reason = fields.String(allow_none=True)
    created_at = Instant(allow_none=True)
    updated_at = Instant(allow_none=True)
