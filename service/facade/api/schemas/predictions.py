"""Predictions, as JSON. Tables have the same columns, with one for each sensor."""

from marshmallow import fields, validate
from webargs.fields import DelimitedList

from service.facade.api.schemas.base import BaseSchema, Instant, cursor_field, next_field

MOST_ON_A_PAGE = 10_000
DEFAULT_ON_A_PAGE = 2_000  # more than a day with a row a minute
MOST_SENSORS = 3_000


class ContributionSchema(BaseSchema):
    name = fields.String(
        metadata={"description": "Component and sensor, as in the engine's results.", "example": "pump\\flow"}
    )
    component = fields.String(metadata={"example": "pump"})
    sensor = fields.String(metadata={"example": "flow"})
    value = fields.Float(
        metadata={"description": "Its share of the score; all shares of a row sum to about 1.", "example": 0.38892}
    )


class PredictionSchema(BaseSchema):
    timestamp = Instant(metadata={"example": "2026-03-01T12:05:00Z"})
    prediction = fields.Integer(
        validate=validate.OneOf([0, 1]), metadata={"description": "1 for an anomaly.", "example": 1}
    )
    prediction_reason = fields.String(allow_none=True, metadata={"example": "ANOMALY_DETECTED"})
    anomaly_score = fields.Float(
        allow_none=True, metadata={"description": "0 to 1; above 0.5 is an anomaly.", "example": 0.77887}
    )
    diagnostics = fields.List(
        fields.Nested(ContributionSchema), metadata={"description": "The largest contribution first."}
    )


class PredictionListSchema(BaseSchema):
    predictions = fields.List(fields.Nested(PredictionSchema))
    next = next_field()
    recorded_after = fields.String(
        metadata={
            "description": "To be sent as `recorded_after`: it leads to what is recorded from now on.",
            "example": "W3sibGlzdCI6InJlY29yZGVkIiwibmFtZSI6ImRlbW8tcHVtcCJ9LDE0Mzhd",
        }
    )
    bucket_width = fields.String(
        allow_none=True,
        metadata={"description": "With `max_points`: of each piece of time this long only the extremes are here."},
    )
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
    sensors = DelimitedList(
        fields.String(validate=validate.Length(1, 500)),
        validate=validate.Length(1, MOST_SENSORS),
        metadata={"description": "Only the contributions of these: `component\\sensor`, or a sensor that is unique."},
    )
    contributors = fields.Integer(
        validate=validate.Range(0, MOST_SENSORS),
        metadata={"description": "Only this many of the largest contributions; 0 for none.", "example": 3},
    )
    max_points = fields.Integer(
        validate=validate.Range(10, MOST_ON_A_PAGE),
        metadata={
            "description": "At most so many rows: of each piece of time those with the least and the highest score. "
            "A piece with an anomaly always shows one. Not with `limit`, `cursor` or `recorded_after`."
        },
    )
    limit = fields.Integer(
        validate=validate.Range(1, MOST_ON_A_PAGE),
        metadata={
            "description": f"Rows on a page; {DEFAULT_ON_A_PAGE} as JSON, all of them in other formats when left out.",
            "example": 20,
        },
    )
    cursor = cursor_field()
    recorded_after = fields.String(
        validate=validate.Length(1, 12_000),
        metadata={
            "description": "Only what was recorded since an answer gave this, in the order it was recorded in; `start` "
            "for all there is. A row that is scored again comes again."
        },
    )
