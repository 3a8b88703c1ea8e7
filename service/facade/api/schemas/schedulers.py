"""Schedulers: names, enumerations and patterns are the service model's own, so a mistake is found before the call."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import (
    NAME,
    BaseSchema,
    Instant,
    Pattern,
    cursor_field,
    limit_field,
    next_field,
)

FREQUENCIES = ["PT5M", "PT10M", "PT15M", "PT30M", "PT1H"]
STATUSES = ["PENDING", "RUNNING", "STOPPING", "STOPPED"]
TIMESTAMP_FORMATS = ["EPOCH", "yyyy-MM-dd-HH-mm-ss", "yyyyMMddHHmmss"]
DELIMITERS = ["-", "_", " ", ""]


def name_field(what: str, example: str, **options: object) -> fields.String:
    error = "A name has 1 to 200 letters (a-z), digits, hyphens and underscores."
    meaning = {"description": f"Name of the {what}.", "example": example}
    return fields.String(validate=Pattern(NAME, error), metadata=meaning, **options)


class S3LocationSchema(BaseSchema):
    bucket = fields.String(
        required=True,
        validate=Pattern(
            r"^[a-z0-9][.\-a-z0-9]{1,61}[a-z0-9]$",
            "A bucket name has 3 to 63 lower-case letters, digits, dots and hyphens.",
        ),
        metadata={"example": "demo"},
    )
    prefix = fields.String(
        load_default="",
        validate=Pattern(
            r"^$|^[\t\n\r\x20-\xff]{1,1023}/$", "A prefix is empty or ends with '/', at most 1024 characters."
        ),
        metadata={"description": "Empty, or ends with `/`.", "example": "demo-pump/input/"},
    )


class S3LocationChangesSchema(S3LocationSchema):
    bucket = fields.String(validate=S3LocationSchema._declared_fields["bucket"].validate, metadata={"example": "demo"})
    prefix = fields.String(validate=S3LocationSchema._declared_fields["prefix"].validate)


class InputNameSchema(BaseSchema):
    timestamp_format = fields.String(
        validate=validate.OneOf(TIMESTAMP_FORMATS), metadata={"description": "The stamp in input file names."}
    )
    component_timestamp_delimiter = fields.String(
        validate=validate.OneOf(DELIMITERS),
        metadata={"description": "Between component and stamp in input file names.", "example": "_"},
    )


class DataInputSchema(BaseSchema):
    s3_input_configuration = fields.Nested(S3LocationSchema, required=True)
    input_time_zone_offset = fields.String(
        validate=Pattern(r"^[+-][0-9]{2}:[0-9]{2}$", "An offset looks like +00:00 or -05:30."),
        metadata={"description": "Zone of the stamps in input file names; rows are UTC.", "example": "+00:00"},
    )
    inference_input_name_configuration = fields.Nested(InputNameSchema)


class DataInputChangesSchema(DataInputSchema):
    s3_input_configuration = fields.Nested(S3LocationChangesSchema)


def _kms_key_field(**options: object) -> fields.String:
    return fields.String(validate=validate.Length(1, 2048), allow_none=True, **options)


class DataOutputSchema(BaseSchema):
    s3_output_configuration = fields.Nested(S3LocationSchema, required=True)
    kms_key_id = _kms_key_field()


class DataOutputChangesSchema(DataOutputSchema):
    s3_output_configuration = fields.Nested(S3LocationChangesSchema)


def _frequency_field(**options: object) -> fields.String:
    meaning = {"description": "How often it wakes; not below the model's sampling rate.", "example": "PT5M"}
    return fields.String(validate=validate.OneOf(FREQUENCIES), metadata=meaning, **options)


def _delay_field() -> fields.Integer:
    meaning = {"description": "Minutes it waits for late files after each window.", "example": 0}
    return fields.Integer(strict=True, validate=validate.Range(0, 60), metadata=meaning)


def _role_field() -> fields.String:
    return fields.String(
        validate=Pattern(
            r"^arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.{1,2000}$",
            "A role looks like arn:aws:iam::123456789012:role/name.",
        ),
        metadata={"description": "Left out: the role in the settings of this service."},
    )


class NewSchedulerSchema(BaseSchema):
    """A scheduler to create. It starts at once."""

    inference_scheduler_name = name_field("scheduler", "demo-pump-2", required=True)
    model_name = name_field("trained model; a model has at most one scheduler", "demo-pump-2", required=True)
    data_upload_frequency = _frequency_field(required=True)
    data_delay_offset_in_minutes = _delay_field()
    data_input_configuration = fields.Nested(DataInputSchema, required=True)
    data_output_configuration = fields.Nested(DataOutputSchema, required=True)
    role_arn = _role_field()
    server_side_kms_key_id = _kms_key_field()


class SchedulerChangesSchema(BaseSchema):
    """What to change; everything left out stays, in nested objects too."""

    data_upload_frequency = _frequency_field()
    data_delay_offset_in_minutes = _delay_field()
    data_input_configuration = fields.Nested(DataInputChangesSchema)
    data_output_configuration = fields.Nested(DataOutputChangesSchema)
    role_arn = _role_field()


class SchedulerSummarySchema(BaseSchema):
    inference_scheduler_name = fields.String()
    inference_scheduler_arn = fields.String()
    model_name = fields.String()
    model_arn = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    data_upload_frequency = fields.String()
    data_delay_offset_in_minutes = fields.Integer()
    latest_inference_result = fields.String(
        allow_none=True, metadata={"description": "ANOMALOUS or NORMAL; null before the first success."}
    )


class SchedulerSchema(SchedulerSummarySchema):
    """A scheduler as the engine describes it."""

    created_at = Instant()
    updated_at = Instant()
    data_input_configuration = fields.Nested(DataInputSchema)
    data_output_configuration = fields.Nested(DataOutputSchema)
    role_arn = fields.String()
    server_side_kms_key_id = fields.String(allow_none=True)


class SchedulerListSchema(BaseSchema):
    schedulers = fields.List(fields.Nested(SchedulerSummarySchema))
    next = next_field()


class SchedulerQuerySchema(BaseSchema):
    name_prefix = fields.String(
        validate=Pattern(NAME, "A prefix has 1 to 200 letters (a-z), digits, hyphens and underscores."),
    )
    model_name = fields.String(validate=Pattern(NAME, "A model name has letters, digits, hyphens and underscores."))
    status = fields.String(validate=validate.OneOf(STATUSES))
    limit = limit_field()
    cursor = cursor_field()


class DeleteQuerySchema(BaseSchema):
    force = fields.Boolean(load_default=False, metadata={"description": "Stop it first if it runs."})
