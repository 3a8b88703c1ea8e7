"""A look ahead at a scheduler."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.facade.api.schemas.base import BaseSchema, Instant
from service.facade.domain.validation import STATUSES
from service.facade.usecases.validating import MOST_WINDOWS


class ValidateSchema(BaseSchema):
    body_may_be_left_out = True

    windows = fields.Integer(
        load_default=3,
        validate=validate.Range(1, MOST_WINDOWS),
        metadata={
            "description": "How many of the last windows that have been due are looked at, with the one that is next. "
            "None from before the scheduler was created.",
            "example": 3,
        },
    )
    start_time = Instant(
        load_default=None,
        metadata={
            "description": f"Instead of `windows`, with end_time: those in between, the last {MOST_WINDOWS} at most.",
            "example": "2026-03-01T12:00:00Z",
        },
    )
    end_time = Instant(load_default=None, metadata={"example": "2026-03-01T12:15:00Z"})

    @validates_schema
    def _check_span(self, fields: dict[str, Any], **_: Any) -> None:
        start, end = fields["start_time"], fields["end_time"]
        if (start is None) != (end is None):
            missing = "start_time" if start is None else "end_time"
            raise ValidationError("start_time and end_time go together.", missing)
        if start is not None and end <= start:
            raise ValidationError("end_time must be later than start_time.", "end_time")


class ValidationCheckSchema(BaseSchema):
    check = fields.String(metadata={"description": "What was looked at.", "example": "files"})
    status = fields.String(
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "`failed`: a run fails because of it. `warning`: it succeeds, perhaps not as was meant.",
            "example": "failed",
        },
    )
    detail = fields.String(
        metadata={
            "example": "There is no file of pump for the window from 2026-03-01T12:00:00Z; looked for "
            "in/pump_20260301120000.csv. Found in/pump-20260301120000.csv: its delimiter is '-', not '_'."
        }
    )
    what_to_do = fields.String(
        allow_none=True, metadata={"example": "If that is it, name it in/pump_20260301120000.csv."}
    )
    component_name = fields.String(allow_none=True, metadata={"example": "pump"})
    key = fields.String(allow_none=True, metadata={"example": "in/pump-20260301120000.csv"})
    data_start_time = Instant(
        allow_none=True, metadata={"description": "Of the window.", "example": "2026-03-01T12:00:00Z"}
    )


class ValidationSchema(BaseSchema):
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    status = fields.String(
        validate=validate.OneOf(STATUSES),
        metadata={"description": "The worst of all checks.", "example": "failed"},
    )
    data_start_time = Instant(
        allow_none=True,
        metadata={"description": "Of the first window that was looked at.", "example": "2026-03-01T12:00:00Z"},
    )
    data_end_time = Instant(
        allow_none=True, metadata={"description": "Of the last one.", "example": "2026-03-01T12:15:00Z"}
    )
    windows = fields.Integer(metadata={"description": "How many were looked at.", "example": 3})
    checks = fields.List(fields.Nested(ValidationCheckSchema))
