"""Readings: what sensors measured, as it lies in the input files."""

from marshmallow import fields, validate
from webargs.fields import DelimitedList

from service.facade.api.schemas.base import BaseSchema, Instant
from service.facade.usecases.readings import MOST_SENSORS


class SensorReadingsSchema(BaseSchema):
    name = fields.String(metadata={"description": "Component and sensor.", "example": "pump\\flow"})
    component = fields.String(metadata={"example": "pump"})
    sensor = fields.String(metadata={"example": "flow"})
    timestamps = fields.List(
        Instant(),
        metadata={"description": "Ascending; cells without a value are left out.", "example": ["2026-03-01T12:05:00Z"]},
    )
    values = fields.List(
        fields.Float(), metadata={"description": "One for each of the timestamps.", "example": [182.4]}
    )


class ReadingsSchema(BaseSchema):
    start_time = Instant(metadata={"description": "The readings are later than this."})
    end_time = Instant(metadata={"description": "The last time that may occur."})
    readings = fields.List(
        fields.Nested(SensorReadingsSchema), metadata={"description": "Of each sensor, in the order of the model."}
    )
    bucket_width = fields.String(
        allow_none=True,
        metadata={
            "description": "Set where there was more than `max_points`: of each piece of time this long only the "
            "lowest and the highest value are here."
        },
    )
    warning = fields.String(allow_none=True, metadata={"description": "Which file could not be read, else null."})


class ReadingsQuerySchema(BaseSchema):
    start_time = Instant(
        metadata={
            "description": "Only rows later than this; six hours before the end when left out.",
            "example": "2026-03-01T00:00:00Z",
        }
    )
    end_time = Instant(metadata={"description": "Only rows up to this, included; now when left out."})
    sensors = DelimitedList(
        fields.String(validate=validate.Length(1, 500)),
        validate=validate.Length(1, MOST_SENSORS),
        metadata={
            "description": "Only these: `component\\sensor`, or a sensor that is unique; all of the model when left "
            f"out. At most {MOST_SENSORS}."
        },
    )
    max_points = fields.Integer(
        load_default=500,
        validate=validate.Range(10, 2000),
        metadata={"description": "At most so many readings of each sensor: the lowest and highest of each piece."},
    )
