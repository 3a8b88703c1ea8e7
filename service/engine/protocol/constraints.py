"""The service model's constraints: required, length, range, enum and pattern, for every operation alike.

botocore checks only what is required, types and minima before it sends; the rest is the server's to check. The
sentences are those of AWS.
"""

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape

from service.engine.protocol.faults import ValidationException
from service.engine.protocol.parameters import element_path, member_path
from service.engine.protocol.patterns import compile_pattern

SHOWN = 256  # characters of a wrong value that the message repeats


def check_constraints(operation: OperationModel, params: dict[str, Any]) -> None:
    """Refuse parameters outside the model's constraints.

    Raises:
        ValidationException: one message that names every constraint that is not met.
    """
    complaints = list(_of_structure(operation.input_shape, params, ""))
    if complaints:
        counted = "1 validation error" if len(complaints) == 1 else f"{len(complaints)} validation errors"
        raise ValidationException(f"{counted} detected: {'; '.join(complaints)}")


def _of_structure(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"Value null at '{member_path(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in value.items():
        yield from _of_value(shape.members[name], member, member_path(path, name))


def _of_value(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, path)
        return
    for broken in _broken(shape, value):
        yield f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint: Member must {broken}"
    if isinstance(shape, ListShape):
        for index, element in enumerate(value):
            yield from _of_value(shape.member, element, element_path(path, index))


def _broken(shape: Shape, value: Any) -> Iterator[str]:
    yield from _broken_bounds(shape, value)
    limits = shape.metadata
    if "enum" in limits and value not in limits["enum"]:
        yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
    if "pattern" in limits and not compile_pattern(limits["pattern"]).fullmatch(value):
        yield f"satisfy regular expression pattern: {limits['pattern']}"


def _broken_bounds(shape: Shape, value: Any) -> Iterator[str]:
    measured, what = (len(value), "length") if isinstance(value, str | list) else (value, "value")
    limits = shape.metadata
    if "min" in limits and measured < limits["min"]:
        yield f"have {what} greater than or equal to {limits['min']}"
    if "max" in limits and measured > limits["max"]:
        yield f"have {what} less than or equal to {limits['max']}"


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
