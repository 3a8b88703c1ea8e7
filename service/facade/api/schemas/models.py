"""Models and the columns their input must have."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import NAME, BaseSchema, Pattern, cursor_field, limit_field, next_field

STATUSES = ["IN_PROGRESS", "SUCCESS", "FAILED", "IMPORT_IN_PROGRESS"]


class ModelSummarySchema(BaseSchema):
    model_name = fields.String()
    model_arn = fields.String()
    status = fields.String(validate=validate.OneOf(STATUSES))
    dataset_name = fields.String(allow_none=True)


class ComponentSchema(BaseSchema):
    component_name = fields.String()
    timestamp_column = fields.String()
    sensors = fields.List(fields.String(), metadata={"description": "Columns in this order, after the time."})


class ModelSchema(ModelSummarySchema):
    target_sampling_rate = fields.String(allow_none=True, metadata={"description": "ISO 8601 duration."})
    components = fields.List(fields.Nested(ComponentSchema))


class ModelListSchema(BaseSchema):
    models = fields.List(fields.Nested(ModelSummarySchema))
    next = next_field()


class ModelQuerySchema(BaseSchema):
    name_prefix = fields.String(validate=Pattern(NAME, "A name has letters, digits, hyphens, underscores."))
    status = fields.String(validate=validate.OneOf(STATUSES))
    limit = limit_field()
    cursor = cursor_field()
