"""What a chart shows, and how it looks."""

from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from service.facade.api.schemas.base import BaseSchema, Instant, Pattern
from service.facade.api.schemas.durations import Duration
from service.facade.domain.charts import THEMES, Look

MOST_SENSORS = 8
_YEARS = (1970, 2200)
_MOST_PIXELS = 16_000_000  # of a PNG, four bytes each while it is drawn


def _of_our_time(moment: datetime) -> None:
    if not _YEARS[0] <= moment.year < _YEARS[1]:
        raise ValidationError(f"A time from {_YEARS[0]} to {_YEARS[1]}.")


def _long_enough(span: timedelta) -> None:
    if span < timedelta(minutes=1):
        raise ValidationError("At least PT1M.")


def span_field() -> Duration:
    return Duration(
        validate=_long_enough,
        metadata={
            "type": "string",
            "description": "How much time the chart shows, until `end_time`; PT24H when left out.",
            "example": "P7D",
        },
    )


def sensors_field(kind: type[fields.List] = DelimitedList) -> fields.List:
    return kind(
        fields.String(validate=validate.Length(1, 500)),
        validate=validate.Length(0, MOST_SENSORS),
        metadata={
            "description": "Below the score the shares of these: `component\\sensor`, or a sensor that is unique.",
            "example": ["pump\\flow"],
        },
    )


def contributors_field() -> fields.Integer:
    return fields.Integer(
        validate=validate.Range(0, MOST_SENSORS),
        metadata={"description": "Below the score also the largest contributors of the events shown.", "example": 3},
    )


def title_field() -> fields.String:
    return fields.String(
        validate=(validate.Length(0, 200), Pattern(r"[^\x00-\x1f\x7f]*", error="One line of text.")),
        metadata={
            "description": "Shown above the chart instead of the name of the scheduler; empty for none.",
            "example": "Feed pump, north plant",
        },
    )


def theme_field() -> fields.String:
    return fields.String(load_default="light", validate=validate.OneOf(THEMES))


def width_field() -> fields.Integer:
    return fields.Integer(load_default=960, validate=validate.Range(160, 2400), metadata={"description": "In pixels."})


def height_field() -> fields.Integer:
    return fields.Integer(
        validate=validate.Range(100, 1600),
        metadata={"description": "In pixels; 320, and 44 more for each sensor shown, when left out.", "example": 360},
    )


class ChartQuerySchema(BaseSchema):
    range = span_field()
    start_time = Instant(
        validate=_of_our_time, metadata={"description": "Instead of `range`.", "example": "2026-03-01T00:00:00Z"}
    )
    end_time = Instant(validate=_of_our_time, metadata={"description": "Now, when left out."})
    width = width_field()
    height = height_field()
    theme = theme_field()
    title = title_field()
    sensors = sensors_field()
    contributors = contributors_field()

    @validates_schema
    def _one_beginning(self, data: dict[str, Any], **_: Any) -> None:
        if "range" in data and "start_time" in data:
            raise ValidationError("Either this or `range`.", "start_time")


class PngChartQuerySchema(ChartQuerySchema):
    scale = fields.Float(
        load_default=2.0,
        validate=validate.Range(1, 3),
        metadata={"description": "Pixels of the image for each pixel of the chart: 2 is sharp on good screens."},
    )

    @validates_schema
    def _not_too_large(self, data: dict[str, Any], **_: Any) -> None:
        shown = len(data.get("sensors", ())) + data.get("contributors", 0)
        height = Look(height=data.get("height")).height_of(shown)
        if data["width"] * height * data["scale"] ** 2 > _MOST_PIXELS:
            raise ValidationError(f"The image would have more than {_MOST_PIXELS:,} pixels.", "scale")
