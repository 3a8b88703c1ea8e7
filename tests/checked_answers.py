"""Every answer of an engine under test is held against the output shape of its operation."""

import json
from typing import Any

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

from service.engine.protocol.patterns import compile_pattern


def check_answer(parsed: dict[str, Any], model: OperationModel, http_response: Any, **_: Any) -> None:
    """What botocore's parser made of an answer is complete, of the right types and within the bounds of the service
    model; and it dropped nothing.

    Register it for ``after-call`` of a client.
    """
    if http_response.status_code != 200 or model.output_shape is None:
        return
    answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    report = ParamValidator().validate(answer, model.output_shape)
    assert not report.has_errors(), f"{model.name}: {report.generate_report()}"
    strange = list(_strange(json.loads(http_response.content or b"{}"), model.output_shape, model.name))
    assert strange == [], "the parser dropped these, or they break a constraint"


def _strange(value: Any, shape: Shape, place: str) -> list[str]:
    if value is None:
        return [f"{place} is null"]
    if isinstance(shape, StructureShape):
        known = [
            found
            for name, member in shape.members.items()
            if name in value
            for found in _strange(value[name], member, f"{place}.{name}")
        ]
        return [f"{place}.{name} is unknown" for name in value if name not in shape.members] + known
    if isinstance(shape, ListShape):
        return [
            found for number, item in enumerate(value) for found in _strange(item, shape.member, f"{place}[{number}]")
        ]
    return [] if _is_allowed(value, shape) else [f"{place} is {value!r}"]


def _is_allowed(value: Any, shape: Shape) -> bool:
    limits, size = shape.metadata, len(value) if isinstance(value, str) else value
    return (
        value in limits.get("enum", [value])
        and limits.get("min", size) <= size <= limits.get("max", size)
        and ("pattern" not in limits or compile_pattern(limits["pattern"]).fullmatch(value) is not None)
    )
