"""Imports: results of another time or place, read into the history of a scheduler."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, Pattern, next_field
from service.facade.api.schemas.problems import ProblemSchema
from service.facade.domain.imports import STATUSES

BUCKET = r"^[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]$"


class NewImportSchema(BaseSchema):
    bucket = fields.String(
        required=True,
        validate=Pattern(BUCKET, error="Not the name of a bucket: 3 to 63 of a-z, 0-9, dot and hyphen."),
        metadata={"example": "plant"},
    )
    prefix = fields.String(
        load_default="",
        validate=[
            validate.Length(0, 1024),
            Pattern(
                r"^(?!s3a?://)[^\x00-\x1f]*$",
                error="A prefix begins behind the bucket, without s3:// and its name, and has no control characters.",
            ),
        ],
        metadata={
            "description": "Where the keys of the results begin, usually ending with a slash; the bucket is no part of "
            "it. Everything below it is looked at.",
            "example": "out/",
        },
    )


class ImportProgressSchema(BaseSchema):
    objects_found = fields.Integer(
        allow_none=True,
        metadata={"description": "Result objects below the prefix; null until they are counted.", "example": 8640},
    )
    objects_read = fields.Integer(metadata={"example": 2400})
    objects_skipped = fields.Integer(
        metadata={
            "description": "In the store already, or of a window whose results this service collected itself.",
            "example": 12,
        }
    )
    objects_unreadable = fields.Integer(metadata={"example": 1})
    rows = fields.Integer(metadata={"description": "Predictions stored.", "example": 12000})


class UnreadableObjectSchema(BaseSchema):
    key = fields.String(metadata={"example": "out/2026-03-01T12:05:00Z/results.jsonl"})
    reason = fields.String(metadata={"example": "line 3 is no result line: b'<html>'"})


class ImportSchema(BaseSchema):
    id = fields.String(metadata={"example": "0f3b9a64c4f94f0f8f7c1f6f6b1f7a52"})
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    bucket = fields.String(metadata={"example": "plant"})
    prefix = fields.String(metadata={"example": "out/"})
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"example": "running"})
    progress = fields.Nested(ImportProgressSchema)
    unreadable = fields.List(
        fields.Nested(UnreadableObjectSchema),
        metadata={"description": "The first objects that could not be read. They keep no others from being read."},
    )
    problem = fields.Nested(ProblemSchema, allow_none=True, metadata={"description": "Why it failed, else null."})
    created_by = fields.String(metadata={"example": "key:ana"})
    created_at = Instant(metadata={"example": "2026-03-01T12:10:00Z"})
    updated_at = Instant(metadata={"example": "2026-03-01T12:10:21Z"})


class ImportListSchema(BaseSchema):
    imports = fields.List(fields.Nested(ImportSchema))
    next = next_field()
