"""The column mapping of a scheduler."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from service.facade.api.schemas.base import BaseSchema, Pattern
from service.facade.domain.mappings import IGNORE, REFUSE

_NAME = Pattern(
    r"[^\u0000-\u001f\u007f]{1,1000}",
    "A name has 1 to 1,000 characters, and no control characters.",
)
_MOST_COLUMNS = 3000


class SensorField(fields.Field):
    r"""``{"component": …, "sensor": …}``, or the same as one text ``component\sensor``."""

    def _serialize(self, value: tuple[str, str] | None, *_: Any, **__: Any) -> dict[str, str] | None:
        return None if value is None else {"component": value[0], "sensor": value[1]}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str | tuple[str, str]:
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and value.keys() == {"component", "sensor"}:
            component, sensor = value["component"], value["sensor"]
            if isinstance(component, str) and isinstance(sensor, str):
                return component, sensor
        raise ValidationError('Write {"component": …, "sensor": …}, "component\\sensor", or null to ignore the column.')


class ColumnMappingSchema(BaseSchema):
    timestamp_column = fields.String(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "The column of the time; null: the first one.", "example": "Zeitstempel"},
    )  # fmt: skip
    time_zone = fields.String(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "What times without a zone mean; null: UTC.", "example": "Europe/Berlin"},
    )  # fmt: skip
    time_format = fields.String(
        load_default=None, allow_none=True, validate=_NAME,
        metadata={"description": "As for strptime; null: what the first rows show.", "example": "%d.%m.%Y %H:%M:%S"},
    )  # fmt: skip
    columns = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=SensorField(
            allow_none=True,
            metadata={
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "properties": {"component": {"type": "string"}, "sensor": {"type": "string"}},
                        "required": ["component", "sensor"],
                        "additionalProperties": False,
                    },
                    {"type": "null"},
                ]
            },
        ),
        load_default=dict,
        validate=validate.Length(0, _MOST_COLUMNS),
        metadata={
            "description": "Names in the files, and the sensors they stand for; null leaves a column out.",
            "example": {"PLANT1.TAG42": {"component": "pump", "sensor": "flow"}, "COMMENT": None},
        },
    )
    unknown_columns = fields.String(
        load_default=REFUSE, validate=validate.OneOf([REFUSE, IGNORE]),
        metadata={"description": "What becomes of columns that are no sensor and stand in no mapping.",
                  "example": REFUSE},
    )  # fmt: skip
