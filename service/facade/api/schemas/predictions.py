"""Predictions, as JSON. The CSV has the same columns, with one for each sensor."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, next_field

MOST_ON_A_PAGE = 10_000
DEFAULT_ON_A_PAGE = 1_000


class ContributionSchema(BaseSchema):
    name = fields.String(metadata={"description": "Component and sensor, as in the engine's results."})
    component = fields.String()
    sensor = fields.String()
    value = fields.Float(metadata={"description": "Its share of the score; all shares of a row sum to about 1."})


class PredictionSchema(BaseSchema):
    timestamp = Instant()
    prediction = fields.Integer(validate=validate.OneOf([0, 1]), metadata={"description": "1 for an anomaly."})
    prediction_reason = fields.String(allow_none=True)
    anomaly_score = fields.Float(allow_none=True, metadata={"description": "0 to 1; above 0.5 is an anomaly."})
    diagnostics = fields.List(
        fields.Nested(ContributionSchema), metadata={"description": "The largest contribution first."}
    )


class PredictionListSchema(BaseSchema):
    predictions = fields.List(fields.Nested(PredictionSchema))
    next = next_field()
    warning = fields.String(
        allow_none=True, metadata={"description": "Why the newest predictions may be missing, else null."}
    )


class PredictionQuerySchema(BaseSchema):
    start_time = Instant(metadata={"description": "Only rows later than this.", "example": "2026-03-01T00:00:00Z"})
    end_time = Instant(metadata={"description": "Only rows up to this, included."})
    min_score = fields.Float(
        validate=validate.Range(0, 1), metadata={"description": "Only rows with this score or more."}
    )
    only = fields.String(validate=validate.OneOf(["anomalies"]))
    contributors = fields.Integer(
        validate=validate.Range(0, 3000),
        metadata={"description": "Only this many of the largest contributions.", "example": 3},
    )
    limit = fields.Integer(
        validate=validate.Range(1, MOST_ON_A_PAGE),
        metadata={
            "description": f"Rows on a page; {DEFAULT_ON_A_PAGE} as JSON, all of them as CSV when left out.",
            "example": 20,
        },
    )
    cursor = cursor_field()
