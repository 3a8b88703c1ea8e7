"""Whatever is sent, the engine answers or refuses; it never fails."""

from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from raw_calls import error_of, send

from service.wire import service_model

TEXTS = some.one_of(
    some.text(max_size=30),
    some.sampled_from(["plant", "a" * 200, "a/b/", "bucket", "PT5M", "+05:30", "{}", "pump\\Sensor0<1"]),
    some.sampled_from(
        [
            "arn:aws:iam::123456789012:role/lookout",
            "arn:aws:lookoutequipment:local-1:123456789012:dataset/plant/uuid",
            '{"Components": [{"ComponentName": "pump", "Columns": [{"Name": "t", "Type": "DATETIME"}]}]}',
            "WyJhIiwiYiJd",
        ]
    ),
)
NUMBERS = some.one_of(some.integers(), some.floats(allow_nan=False, allow_infinity=False), some.integers(0, 100))


def values(shape: Shape) -> some.SearchStrategy[Any]:
    """Values of roughly the right kind: mostly of the right type, often within the constraints."""
    if isinstance(shape, StructureShape):
        members = {name: values(member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        return some.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return some.lists(values(shape.member), max_size=3)
    if "enum" in shape.metadata:
        return some.one_of(some.sampled_from(shape.metadata["enum"]), TEXTS)
    return NUMBERS if shape.type_name != "string" else TEXTS


CALLS = some.sampled_from(sorted(service_model().operation_names)).flatmap(
    lambda name: some.tuples(some.just(name), values(service_model().operation_model(name).input_shape))
)
ONE_APP = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@ONE_APP
@given(call=CALLS)
def test_a_request_of_the_right_shape_is_answered_or_refused(app: Callable, call: tuple[str, Any]):
    operation, body = call
    response = send(app, operation, body)
    if response.status_code != 200:
        status, code, message = error_of(response)
        assert status == 400, (code, message)
        assert message


JSON = some.recursive(
    some.none() | some.booleans() | NUMBERS | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@ONE_APP
@given(operation=some.sampled_from(sorted(service_model().operation_names)), body=JSON | some.binary(max_size=50))
def test_any_body_is_answered_or_refused(app: Callable, operation: str, body: Any):
    assert send(app, operation, body).status_code in (200, 400)
