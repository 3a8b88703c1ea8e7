"""Requests of the right shape that name what is there: none finds a fault, whatever the ones before have changed."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import ListShape, Shape, StructureShape
from engine_world import ROLE, Clock, World
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from minimal_requests import GRANT, minimal_requests
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.resources import RememberingQueue, Resources
from service.wire import service_model

NAMES = {
    "DatasetName": "plant",
    "ModelName": "pump-model",
    "InferenceSchedulerName": "pump-scheduler",
    "LabelGroupName": "faults",
    "ModelVersion": 1,
    "RoleArn": ROLE,
}
FREE_TEXTS = some.sampled_from(
    [
        "plant",
        "leak",
        "PT5M",
        "P1M",
        "P180D",
        "+01:00",
        "in/",
        "pump\\Sensor0<1",
        "Europe/Berlin",
        "a b",
        "\u00e9",
        "{}",
    ]
)


@pytest.fixture(scope="module")
def inhabited(operations_database: Any, engine_settings: Any, unused_objects: Any) -> World:
    """A world with one of everything."""
    resources = Resources(engine_settings, operations_database, unused_objects, RememberingQueue(), Clock())
    client = led_in_process(equipment_client("fuzz-1"), create_app(engine_settings, resources))
    world = World(client, resources, "fuzz-1")
    furnish(world)
    return world


def furnish(world: World) -> None:
    world.client.create_label_group(LabelGroupName="faults", FaultCodes=["leak"])
    world.model("pump-model")
    world.scheduler("pump-scheduler", ModelName="pump-model")
    arn = world.client.describe_model(ModelName="pump-model")["ModelArn"]
    world.client.put_resource_policy(ResourceArn=arn, ResourcePolicy=str(GRANT).replace("'", '"'))
    for name in ("CreateLabel", "CreateRetrainingScheduler"):
        request = minimal_requests("fuzz-1")[name]
        named = {member: NAMES[member] for member in request.keys() & NAMES.keys()}
        getattr(world.client, xform_name(name))(**request | named)


def values(shape: Shape, name: str = "") -> some.SearchStrategy[Any]:
    """Values of the type, mostly within the constraints; names are those of things that are there."""
    if isinstance(shape, StructureShape):
        members = {key: values(member, key) for key, member in shape.members.items() if key != "ClientToken"}
        required = {key: members.pop(key) for key in shape.required_members if key in members}
        return some.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return some.lists(values(shape.member, name), max_size=2)
    if name in NAMES:
        return some.just(NAMES[name])
    if "enum" in shape.metadata:
        return some.sampled_from(shape.metadata["enum"])
    if shape.type_name == "timestamp":
        return some.integers(1_770_000_000, 1_775_000_000)
    if shape.type_name in ("integer", "long"):
        return some.integers(shape.metadata.get("min", 0), shape.metadata.get("max", 500))
    if shape.type_name in ("double", "float"):
        return some.floats(0, 1)
    return some.booleans() if shape.type_name == "boolean" else FREE_TEXTS


CALLS = some.sampled_from(sorted(service_model().operation_names)).flatmap(
    lambda name: some.tuples(some.just(name), values(service_model().operation_model(name).input_shape))
)


@settings(
    max_examples=800,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(call=CALLS)
def test_no_request_among_resources_finds_a_fault(inhabited: World, call: tuple[str, dict[str, Any]]):
    operation, request = call
    status, code = outcome(getattr(inhabited.client, xform_name(operation)), request)
    declared = {shape.name for shape in service_model().operation_model(operation).error_shapes}
    assert status in (200, 400), (operation, request)
    assert code is None or code in declared | {"SerializationException"}, (operation, request)


def outcome(call: Callable[..., dict[str, Any]], request: dict[str, Any]) -> tuple[int, str | None]:
    """Status and error code of the answer; what the client itself refuses counts as answered."""
    try:
        call(**request)
    except ParamValidationError:
        return 200, None
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return 200, None
