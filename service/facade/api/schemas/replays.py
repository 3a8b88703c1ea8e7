"""Replays: past windows scored now, and what that would do."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, next_field
from service.facade.api.schemas.executions import S3ObjectSchema
from service.facade.domain.replays import ACTIONS, ORIGINS, STATUSES

_KEEP = "`keep` leaves windows alone that have a result; `overwrite` scores them again."


def _existing_results(**options: object) -> fields.String:
    metadata = {"description": _KEEP, "example": "keep"}
    return fields.String(validate=validate.OneOf(["keep", "overwrite"]), metadata=metadata, **options)


class NewReplaySchema(BaseSchema):
    start_time = Instant(required=True, metadata={"example": "2026-03-01T00:00:00Z"})
    end_time = Instant(required=True, metadata={"example": "2026-03-02T00:00:00Z"})
    existing_results = _existing_results(load_default="keep")
    notify = fields.Boolean(
        load_default=False,
        metadata={"description": "Tell webhooks and streams of the anomalies it finds; otherwise they are muted."},
    )
    dry_run = fields.Boolean(
        load_default=False,
        metadata={"description": "Begin nothing; answer 200 with the windows and what each would read."},
    )


class ReplaySchema(BaseSchema):
    id = fields.String(metadata={"example": "5f0c8a3b9d7e4f21a6b8c9d0e1f2a3b4"})
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    status = fields.String(attribute="state.status", validate=validate.OneOf(STATUSES), metadata={"example": "running"})
    start_time = Instant(metadata={"example": "2026-03-01T12:00:00Z"})
    end_time = Instant(metadata={"example": "2026-03-01T12:10:00Z"})
    existing_results = _existing_results()
    origin = fields.String(
        validate=validate.OneOf(ORIGINS),
        metadata={"description": "`healing` where late data were the cause.", "example": "request"},
    )
    notify = fields.Boolean(metadata={"description": "Whether others are told of what it finds.", "example": False})
    total_windows = fields.Integer(attribute="state.total_windows", allow_none=True, metadata={"example": 2})
    succeeded_windows = fields.Integer(attribute="state.succeeded_windows", allow_none=True, metadata={"example": 1})
    failed_windows = fields.Integer(attribute="state.failed_windows", allow_none=True, metadata={"example": 0})
    skipped_windows = fields.Integer(attribute="state.skipped_windows", allow_none=True, metadata={"example": 0})
    failed_reason = fields.String(attribute="state.failed_reason", allow_none=True, metadata={"example": None})
    warning = fields.String(
        allow_none=True,
        metadata={"description": "Why this may be old: the engine could not be asked.", "example": None},
    )
    created_by = fields.String(metadata={"example": "key:ana"})
    created_at = Instant(metadata={"example": "2026-03-01T13:00:00Z"})
    updated_at = Instant(metadata={"example": "2026-03-01T13:00:04Z"})


class WindowFileSchema(BaseSchema):
    key = fields.String(metadata={"example": "in/pump_20260301120000.csv"})
    size = fields.Integer(metadata={"example": 412})
    last_modified = Instant(metadata={"example": "2026-03-01T12:04:58Z"})


class WindowInputSchema(BaseSchema):
    component = fields.String(metadata={"example": "pump"})
    expected_key = fields.String(
        metadata={
            "description": "The file named after the start of the window.", "example": "in/pump_20260301120000.csv",
        }
    )  # fmt: skip
    files = fields.List(
        fields.Nested(WindowFileSchema),
        metadata={
            "description": "Every file that is there with a stamp within one frequency of the window: those that are "
            "opened. Which of their rows count is decided by the times in them."
        },
    )


class PlannedWindowSchema(BaseSchema):
    data_start_time = Instant(attribute="window.data_start_time", metadata={"example": "2026-03-01T12:00:00Z"})
    data_end_time = Instant(attribute="window.data_end_time", metadata={"example": "2026-03-01T12:05:00Z"})
    action = fields.String(
        validate=validate.OneOf(ACTIONS),
        metadata={
            "description": "`score`: it has no result yet; `overwrite` and `keep`: it has one; `leave`: its regular "
            "run is at work or still to come.",
            "example": "score",
        },
    )
    existing_result = fields.Nested(S3ObjectSchema, allow_none=True)
    missing = fields.List(
        fields.String(),
        metadata={"description": "Components without a file: one is enough for the window to fail.", "example": []},
    )
    inputs = fields.List(fields.Nested(WindowInputSchema))


class ReplayPlanSchema(BaseSchema):
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    start_time = Instant(metadata={"example": "2026-03-01T12:00:00Z"})
    end_time = Instant(metadata={"example": "2026-03-01T12:05:00Z"})
    existing_results = _existing_results()
    windows = fields.List(fields.Nested(PlannedWindowSchema))


class ReplayListSchema(BaseSchema):
    replays = fields.List(fields.Nested(ReplaySchema))
    next = next_field()
