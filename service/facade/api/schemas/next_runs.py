"""The coming runs of a scheduler."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant
from service.facade.api.schemas.schedulers import STATUSES

MOST_RUNS = 48


class NextRunsQuerySchema(BaseSchema):
    count = fields.Integer(
        load_default=3,
        validate=validate.Range(1, MOST_RUNS),
        metadata={"description": f"How many runs, at most {MOST_RUNS}.", "example": 3},
    )


class WantedFileSchema(BaseSchema):
    component_name = fields.String(metadata={"example": "pump"})
    bucket = fields.String(metadata={"example": "plant"})
    key = fields.String(
        metadata={"description": "The exact key of the window's file.", "example": "in/pump_20260301120000.csv"}
    )
    earliest_key = fields.String(
        metadata={
            "description": "Files stamped from this key on are read, too.",
            "example": "in/pump_20260301115500.csv",
        }
    )
    latest_key = fields.String(
        metadata={"description": "The last such key, itself included.", "example": "in/pump_20260301121000.csv"}
    )
    template = fields.String(
        metadata={
            "description": "CSV: the header, and a row with a time in the window.",
            "example": "Timestamp,flow,power\n2026-03-01T12:05:00.000000,0.0,0.0\n",
        }
    )


class ComingRunSchema(BaseSchema):
    wake_time = Instant(
        metadata={"description": "data_end_time plus the data delay.", "example": "2026-03-01T12:06:00Z"}
    )
    data_start_time = Instant(metadata={"description": "Not in the window itself.", "example": "2026-03-01T12:00:00Z"})
    data_end_time = Instant(metadata={"description": "The last time in the window.", "example": "2026-03-01T12:05:00Z"})
    files = fields.List(fields.Nested(WantedFileSchema))


class NextRunsSchema(BaseSchema):
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"example": "RUNNING"})
    note = fields.String(
        allow_none=True,
        metadata={"description": "What has to be known of the runs: a stopped scheduler has none.", "example": None},
    )
    next_runs = fields.List(fields.Nested(ComingRunSchema))
