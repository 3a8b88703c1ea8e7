"""Uploads: what is accepted, how far the work is, what was found."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, next_field
from service.facade.api.schemas.problems import ProblemSchema
from service.facade.domain.mappings import ASSUMED, DETECTED, GIVEN, IN_FILE, MAPPED
from service.facade.domain.uploads import STATUSES

_ID = "5f0c8a51d2f04c5f9d8f6a3f0f1d7a11"
_TEXT = validate.Length(1, 200)


class TableOptionsSchema(BaseSchema):
    """What a caller may say of the tables that he sends."""

    component = fields.String(
        validate=_TEXT,
        metadata={
            "description": "The component that all columns belong to. Without it a column names its own "
            "(`component\\sensor`), or has a sensor name that is unique, or the file is called after its component."
        },
    )
    time_zone = fields.String(
        validate=_TEXT,
        metadata={
            "description": "What times without a zone mean: a name of the IANA database, or an offset. Without it that "
            "of the column mapping, or UTC."
        },
    )
    time_format = fields.String(
        validate=_TEXT,
        metadata={
            "description": "How times are written, as for strptime: `%d.%m.%Y %H:%M:%S`. Without it that of the "
            "column mapping, or what the first rows show."
        },
    )
    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Check everything and write nothing.", "example": False}
    )


class UploadQuerySchema(TableOptionsSchema):
    force = fields.Boolean(
        load_default=False,
        metadata={"description": "Do it again, though the same was uploaded before.", "example": False},
    )


class NewDirectUploadSchema(TableOptionsSchema):
    file_name = fields.String(
        load_default="", validate=validate.Length(0, 255), metadata={"example": "year-2025.parquet"}
    )
    content_type = fields.String(
        validate=_TEXT,
        metadata={
            "description": "The Content-Type that the PUT will have; any where it is left out.",
            "example": "application/vnd.apache.parquet",
        },
    )
    size = fields.Integer(
        validate=validate.Range(1),
        metadata={"description": "Bytes of the file, where they are known.", "example": 73_400_320},
    )


class UploadProgressSchema(BaseSchema):
    files_total = fields.Integer(
        allow_none=True,
        metadata={"description": "Input files to write; null until all rows are checked.", "example": 864},
    )
    files_written = fields.Integer(metadata={"example": 864})
    rows_read = fields.Integer(metadata={"example": 1440})


class FindingSchema(BaseSchema):
    kind = fields.String(
        validate=validate.OneOf(["empty_row", "duplicate_timestamp", "out_of_order", "gap"]),
        metadata={"example": "gap"},
    )
    row = fields.Integer(
        metadata={"description": "As in the file: the header of a CSV is row 1; without one the first row is.",
                  "example": 412}
    )  # fmt: skip
    timestamp = Instant(metadata={"example": "2026-03-01T06:58:00Z"})
    seconds = fields.Float(
        allow_none=True,
        metadata={"description": "Length of a gap, or how far back the row steps; else null.", "example": 420.0},
    )


class UploadedFileSchema(BaseSchema):
    name = fields.String(metadata={"description": "As it was sent; empty for a lone body.", "example": "pump.csv"})
    format = fields.String(validate=validate.OneOf(["csv", "ndjson", "parquet", "arrow"]), metadata={"example": "csv"})
    layout = fields.String(
        validate=validate.OneOf(["wide", "long"]),
        metadata={"description": "A column for each sensor, or a tag and a value on each row.", "example": "wide"},
    )
    components = fields.List(fields.String(), metadata={"example": ["pump", "motor"]})
    ignored_columns = fields.List(
        fields.String(), metadata={"description": "Columns that the mapping leaves out.", "example": ["comment"]}
    )
    time_format = fields.String(attribute="times.time_format", metadata={"example": "yyyy-MM-ddTHH:mm:ss"})
    time_format_from = fields.String(
        attribute="times.time_format_from",
        validate=validate.OneOf([GIVEN, MAPPED, IN_FILE, DETECTED]),
        metadata={"description": "Who said so.", "example": "detected"},
    )
    time_zone = fields.String(attribute="times.time_zone", metadata={"example": "Europe/Berlin"})
    time_zone_from = fields.String(
        attribute="times.time_zone_from",
        validate=validate.OneOf([GIVEN, MAPPED, IN_FILE, ASSUMED]),
        metadata={"description": "Who said so; nobody where it is assumed.", "example": "mapping"},
    )
    rows = fields.Integer(metadata={"example": 1440})
    rows_without_values = fields.Integer(
        metadata={"description": "Rows whose cells are all empty; left out.", "example": 0}
    )
    duplicate_timestamps = fields.Integer(
        metadata={
            "description": "Rows that repeat the time of another; of each sensor the last value counts.",
            "example": 0,
        }
    )
    out_of_order_rows = fields.Integer(
        metadata={"description": "Rows with an earlier time than the row before.", "example": 0}
    )
    gaps = fields.Integer(
        metadata={"description": "How often the next row comes later than 1.5 usual intervals.", "example": 1}
    )
    usual_interval_seconds = fields.Float(
        allow_none=True, metadata={"description": "The median of the first rows.", "example": 60.0}
    )
    findings = fields.List(
        fields.Nested(FindingSchema), metadata={"description": "The first five rows of each kind, in their order."}
    )
    first_timestamp = Instant(metadata={"example": "2026-03-01T00:01:00Z"})
    last_timestamp = Instant(metadata={"example": "2026-03-02T00:00:00Z"})
    input_files = fields.Integer(
        metadata={"description": "Windows, counted for each component, that it has rows for.", "example": 576}
    )


class UploadSchema(BaseSchema):
    id = fields.String(metadata={"example": _ID})
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"example": "succeeded"})
    dry_run = fields.Boolean(metadata={"example": False})
    repetition = fields.Boolean(
        metadata={"description": "This answer tells of an upload of the same content that was there.", "example": False}
    )
    repeats = fields.String(
        allow_none=True,
        metadata={"description": "The earlier upload of the same content that a worker found.", "example": None},
    )
    notice = fields.String(allow_none=True, metadata={"example": None})
    progress = fields.Nested(UploadProgressSchema)
    files = fields.List(fields.Nested(UploadedFileSchema))
    planned_files = fields.List(
        fields.String(),
        metadata={
            "description": "The first 1,000 keys that a dry run would have written; `progress.files_total` counts all.",
            "example": [],
        },
    )
    problem = fields.Nested(
        ProblemSchema, allow_none=True, metadata={"description": "Why it failed, else null.", "example": None}
    )
    expires_at = Instant(
        allow_none=True,
        metadata={"description": "Until when a direct upload may come; else null.", "example": None},
    )
    created_at = Instant(metadata={"example": "2026-03-02T00:05:00Z"})
    updated_at = Instant(metadata={"example": "2026-03-02T00:05:02Z"})


class DirectUploadSchema(BaseSchema):
    id = fields.String(metadata={"example": _ID})
    method = fields.String(metadata={"example": "PUT"})
    url = fields.String(metadata={"example": f"https://s3.example.com/lookout-staging/uploads/{_ID}?X-Amz-Signature=…"})
    headers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={
            "description": "Headers that the PUT has to have.",
            "example": {"Content-Type": "application/vnd.apache.parquet"},
        },
    )
    expires_at = Instant(metadata={"example": "2026-03-02T01:05:00Z"})


class UploadListSchema(BaseSchema):
    uploads = fields.List(fields.Nested(UploadSchema))
    next = next_field()
