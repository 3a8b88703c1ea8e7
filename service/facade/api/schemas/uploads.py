"""Uploads: what is accepted, how far the work is, what was found."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, limit_field, next_field
from service.facade.api.schemas.problems import ProblemSchema

UPLOAD_STATUSES = ["queued", "running", "succeeded", "failed"]


class UploadQuerySchema(BaseSchema):
    component = fields.String(
        metadata={
            "description": "The component that all columns belong to. Without it a column names its own "
            "(`component\\sensor`), or has a sensor name that is unique, or the file is called after its component."
        }
    )


class UploadProgressSchema(BaseSchema):
    files_total = fields.Integer(
        allow_none=True, metadata={"description": "Input files to write; null until all rows are checked."}
    )
    files_written = fields.Integer()
    rows_read = fields.Integer()


class UploadedFileSchema(BaseSchema):
    name = fields.String(metadata={"description": "As it was sent; empty for a lone CSV."})
    components = fields.List(fields.String())
    rows = fields.Integer()
    rows_without_values = fields.Integer(metadata={"description": "Rows whose cells are all empty; left out."})
    duplicate_timestamps = fields.Integer(
        metadata={"description": "Rows that repeat the time of another; of each sensor the last value counts."}
    )
    first_timestamp = Instant()
    last_timestamp = Instant()
    input_files = fields.Integer(metadata={"description": "Windows, counted for each component, that it has rows for."})


class UploadSchema(BaseSchema):
    id = fields.String()
    inference_scheduler_name = fields.String()
    status = fields.String(validate=validate.OneOf(UPLOAD_STATUSES))
    progress = fields.Nested(UploadProgressSchema)
    files = fields.List(fields.Nested(UploadedFileSchema))
    problem = fields.Nested(ProblemSchema, allow_none=True, metadata={"description": "Why it failed, else null."})
    created_at = Instant()
    updated_at = Instant()


class UploadListQuerySchema(BaseSchema):
    limit = limit_field()
    cursor = cursor_field()


class UploadListSchema(BaseSchema):
    uploads = fields.List(fields.Nested(UploadSchema))
    next = next_field()
