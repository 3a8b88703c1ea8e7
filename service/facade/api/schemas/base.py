"""What all schemas share: unknown names are refused with the nearest known one, times are ISO 8601 in UTC."""

from collections.abc import Collection
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import islice
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from service.facade.domain.moments import iso

NAME = r"^[0-9a-zA-Z_-]{1,200}$"
_MOST_COMPARED = 20  # unknown fields; a body has room for a hundred thousand


class BaseSchema(Schema):
    """Fields in the order they are written; anything unknown is an error that names the nearest field."""

    class Meta:
        unknown = RAISE

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        if isinstance(error.messages, dict):
            unknown = (name for name, said in error.messages.items() if said == ["Unknown field."])
            known = [field.data_key or key for key, field in self.load_fields.items()]
            for name in list(islice(unknown, _MOST_COMPARED)):
                error.messages[name] = [unknown_name(str(name), known)]


class Pattern(validate.Regexp):
    """The whole text has to fit; `$` alone would let a line break at the end through."""

    def __init__(self, pattern: str, error: str) -> None:
        super().__init__(pattern, error=error)

    def __call__(self, value: str) -> str:
        if not self.regex.fullmatch(value):
            raise ValidationError(self._format_error(value))
        return value


class Instant(fields.AwareDateTime):
    """A moment as ISO 8601. A time without a zone is taken as UTC; answers always end in Z."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {}).setdefault(
            "invalid", "Not an ISO 8601 time such as 2026-03-01T12:05:00Z."
        )
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else iso(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        if isinstance(value, str):
            value = value.replace(" ", "+")  # a plus sign that was not escaped in a query string
        return super()._deserialize(value, attr, data, **options).astimezone(UTC)


def unknown_name(name: str, known: Collection[str]) -> str:
    """That there is no such name, and the nearest one there is."""
    near = get_close_matches(name, known, n=1)
    return f"There is no {name!r} here" + (f"; did you mean {near[0]!r}?" if near else ".")


def limit_field(default: int = 100, largest: int = 500) -> fields.Integer:
    """How many items a page has."""
    return fields.Integer(
        load_default=default,
        validate=validate.Range(1, largest),
        metadata={"description": f"Items on a page, at most {largest}."},
    )


def cursor_field() -> fields.String:
    return fields.String(
        validate=validate.Length(1, 7_800),  # an address has up to 8,190 bytes
        metadata={"description": "Where to go on: taken from the `next` of a page, as it is."},
    )


class PageQuerySchema(BaseSchema):
    """Parameters of a list without filters."""

    limit = limit_field()
    cursor = cursor_field()


def next_field() -> fields.String:
    return fields.String(
        allow_none=True,
        dump_default=None,
        metadata={"description": "Address of the next page, or null on the last."},
    )
