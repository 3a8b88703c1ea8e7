"""Reading bodies and parameters: what is wrong becomes a problem that says where."""

import json
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs import core
from webargs.flaskparser import FlaskParser

from service.facade.problems import (
    ErrorItem,
    InvalidJson,
    InvalidRequest,
    UnsupportedMediaType,
    at_parameter,
    at_pointer,
)


class Parser(FlaskParser):
    """Refuses unknown parameters, tells a wrong content type from wrong content, and points at each mistake."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = req.get_data(cache=True)
        if not body and getattr(schema, "body_may_be_left_out", False):
            return {}
        if not body:
            raise InvalidJson("The body is empty; this request needs a JSON object.", errors=[at_pointer("", "empty")])
        if not core.is_json(req.mimetype):
            given = req.mimetype or "no content type"
            raise UnsupportedMediaType(f"The body came with {given}; send application/json.")
        return read_json(body)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        errors = [item for location, said in error.messages.items() for item in flatten(location, said)]
        raise InvalidRequest(" ".join(_sentence(item) for item in errors[:3]), errors=errors) from error


def read_json(body: bytes) -> Any:
    """The value that a JSON text stands for.

    Raises:
        InvalidJson: with line and column, for what RFC 8259 does not allow (NaN included), and for what it calls
            unpredictable: half of a surrogate pair, which is no text that could be kept.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except UnicodeEncodeError as error:
        raise InvalidJson("A text in the body holds half of a surrogate pair (\\ud800 to \\udfff).") from error
    except UnicodeDecodeError as error:
        raise InvalidJson(f"The body is not UTF-8: byte {error.start + 1} cannot be read.") from error
    except json.JSONDecodeError as error:
        raise InvalidJson(f"{error.msg} at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise InvalidJson("The body is nested too deeply.") from error
    except ValueError as error:
        raise InvalidJson("A number in the body has too many digits.") from error


def flatten(location: str, said: Any, path: tuple[str, ...] = ()) -> list[ErrorItem]:
    """Nested marshmallow messages as a flat list; `location` is "json", or where else the parameters came from."""
    if isinstance(said, dict):
        return [
            item
            for name, inner in said.items()
            for item in flatten(location, inner, path if name == "_schema" else (*path, str(name)))
        ]
    said = [said] if isinstance(said, str) else said
    return [_at(location, path, text) for text in said]


def _at(location: str, path: tuple[str, ...], text: str) -> ErrorItem:
    if location == "json":
        return at_pointer("".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path), text)
    return at_parameter(path[0] if path else location, text)


def _sentence(item: ErrorItem) -> str:
    where = item.get("pointer", item.get("parameter"))
    return f"{where or 'The body'}: {item['detail']}"


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not a JSON value.")
