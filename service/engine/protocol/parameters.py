"""From a JSON body to typed parameters, by the input shape of the operation.

Members that the model does not know, and members that are null, are dropped, as AWS does.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from botocore.model import ListShape, OperationModel, Shape, StructureShape

from service.engine.protocol.faults import SerializationException


def read_parameters(operation: OperationModel, body: bytes) -> dict[str, Any]:
    """Parse the body of a request.

    Raises:
        SerializationException: not JSON, not an object, or a member of the wrong type (named by its path).
    """
    try:
        value = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise SerializationException(f"The body is not JSON: {error}.") from error
    return _structure(operation.input_shape, value, "")


def member_path(path: str, name: str) -> str:
    """The path of a member as AWS writes it: ``dataInputConfiguration.inputTimeZoneOffset``."""
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name


def element_path(path: str, index: int) -> str:
    """The path of a list's element as AWS writes it, counted from 1: ``tags.1.member``."""
    return f"{path}.{index + 1}.member"


def _read(shape: Shape, value: Any, path: str) -> Any:
    return _READERS[shape.type_name](shape, value, path)


def _structure(shape: StructureShape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong("an object", value, path)
    return {
        name: _read(member, value[name], member_path(path, name))
        for name, member in shape.members.items()
        if value.get(name) is not None
    }


def _list(shape: ListShape, value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong("a list", value, path)
    return [_read(shape.member, element, element_path(path, index)) for index, element in enumerate(value)]


def _string(_: Shape, value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _wrong("a string", value, path)
    if "\x00" in value:  # no database can keep it and no member has a use for it
        raise SerializationException(f"The string at {path!r} contains a NUL character.")
    return value


def _whole_number(_: Shape, value: Any, path: str) -> int:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
        raise _wrong("a whole number", value, path)
    return int(value)


def _number(_: Shape, value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong("a number", value, path)
    return float(value)


def _boolean(_: Shape, value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false", value, path)
    return value


def _timestamp(_: Shape, value: Any, path: str) -> datetime:
    """Epoch seconds, whole or not; ISO 8601 text too, which some clients send."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise _wrong("a time in epoch seconds", value, path)


def _wrong(wanted: str, value: Any, path: str) -> SerializationException:
    where = f"at {path!r}" if path else "as the body"
    return SerializationException(f"Expected {wanted} {where}, found {_KINDS.get(type(value), 'something else')}.")


_KINDS = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}

_READERS: dict[str, Callable[[Any, Any, str], Any]] = {
    "structure": _structure,
    "list": _list,
    "string": _string,
    "integer": _whole_number,
    "long": _whole_number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
