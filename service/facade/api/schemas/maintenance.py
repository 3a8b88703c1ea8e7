"""Maintenance windows."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, next_field

_MOST_CHARACTERS = 2_000


def _note(**options: object) -> fields.String:
    metadata = {"description": "Why, for people.", "example": "New bearings"}
    checks = [
        validate.Length(1, _MOST_CHARACTERS),
        validate.ContainsNoneOf("\0", error="A note has no NUL."),
    ]
    return fields.String(allow_none=True, validate=checks, metadata=metadata, **options)


class NewMaintenanceWindowSchema(BaseSchema):
    start_time = Instant(required=True, metadata={"example": "2026-03-02T06:00:00Z"})
    end_time = Instant(required=True, metadata={"example": "2026-03-02T10:00:00Z"})
    note = _note(load_default=None)


class MaintenanceWindowSchema(BaseSchema):
    id = fields.String(metadata={"example": "5f0c8a3b9d7e4f21a6b8c9d0e1f2a3b4"})
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    start_time = Instant(metadata={"example": "2026-03-02T06:00:00Z"})
    end_time = Instant(metadata={"description": "It does not belong to the window.", "example": "2026-03-02T10:00:00Z"})
    note = _note()
    created_by = fields.String(metadata={"example": "key:ana"})
    created_at = Instant(metadata={"example": "2026-03-01T13:00:00Z"})


class MaintenanceWindowListSchema(BaseSchema):
    maintenance_windows = fields.List(fields.Nested(MaintenanceWindowSchema))
    next = next_field()
