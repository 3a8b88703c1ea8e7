"""Durations as ISO 8601 text."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields

from service.facade.domain.durations import format_duration, parse_duration

LONGEST = timedelta(days=366)


class Duration(fields.Field):
    """`PT15M` as a timedelta, at most a year."""

    def _serialize(self, value: timedelta | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else format_duration(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> timedelta:
        try:
            duration = parse_duration(str(value))
        except ValueError as error:
            raise ValidationError("Not an ISO 8601 duration such as PT15M or P1DT6H.") from error
        if duration > LONGEST:
            raise ValidationError("At most P366D.")
        return duration
