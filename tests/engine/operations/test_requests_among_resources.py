"""Requests of the right shape that name what is there: none finds a fault, whatever the ones before have changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import ListShape, Shape, StructureShape
from engine_world import ROLE, SCHEMA, Clock, World
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from minimal_requests import GRANT, minimal_requests
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.resources import RememberingQueue, Resources
from service.wire import service_model

PLACES = ("dataset", "model", "version", "scheduler", "group")  # what has an ARN
KNOWN = {  # by member: values that mean something here; braces stand for what only the furnished world knows
    "DatasetName": ["plant", "copy"],
    "ModelName": ["pump-model"],
    "InferenceSchedulerName": ["pump-scheduler"],
    "LabelGroupName": ["faults"],
    "ModelVersion": [1, 2],
    "RoleArn": [ROLE],
    "ResourceArn": [f"{{{kind}}}" for kind in PLACES],
    "SourceDatasetArn": ["{dataset}"],
    "SourceModelVersionArn": ["{version}"],
    "JobId": ["{job}"],
    "IngestionJobId": ["{job}"],
    "LabelId": ["{label}"],
    "ReplayId": ["{replay}"],
    "ExportId": ["{export}"],
    "MaintenanceWindowId": ["{window}"],
    "Bucket": ["sensor-data"],
    "InlineDataSchema": [json.dumps(SCHEMA)],
    "ResourcePolicy": [json.dumps(GRANT)],
    "OffCondition": ["motor\\Current<0.5"],
    "RetrainingFrequency": ["P1M", "P30D"],
    "LookbackWindow": ["P180D"],
    "InputTimeZoneOffset": ["+01:00"],
    "InputTimeZone": ["Europe/Berlin", ""],
    "FaultCode": ["leak"],
}
FREE_TEXTS = some.sampled_from(["plant", "PT5M", "in/", "a b", "\u00e9", "{}", ""])
GONE_FOR_GOOD = ("DeleteDataset", "DeleteModel", "DeleteInferenceScheduler", "DeleteLabelGroup")


class Town:
    """A world with one of everything; when a large part of it is deleted, another one in a region of its own."""

    def __init__(self, resources: Resources) -> None:
        self.resources, self.moves = resources, 0
        self.move()

    def move(self) -> None:
        self.moves += 1
        region = f"fuzz-{self.moves}"
        client = led_in_process(equipment_client(region), create_app(self.resources.settings, self.resources))
        self.client, self.known = client, furnish(World(client, self.resources, region))


@pytest.fixture(scope="module")
def town(operations_database: Any, engine_settings: Any, unused_objects: Any) -> Town:
    return Town(Resources(engine_settings, operations_database, unused_objects, RememberingQueue(), Clock()))


def furnish(world: World) -> dict[str, str]:
    """Make one of everything; ARNs and ids by what they are of."""
    client, known = world.client, {"dataset": world.content("plant")}
    known["group"] = client.create_label_group(LabelGroupName="faults", FaultCodes=["leak"])["LabelGroupArn"]
    known["model"] = world.model("pump-model")["ModelArn"]
    known["version"] = f"{known['model']}/model-version/1"
    known["scheduler"] = world.scheduler("pump-scheduler", ModelName="pump-model")["InferenceSchedulerArn"]
    known["job"] = client.list_data_ingestion_jobs()["DataIngestionJobSummaries"][0]["JobId"]
    known["label"] = made(client, "CreateLabel")["LabelId"]
    known["replay"] = made(client, "StartInferenceReplay")["ReplayId"]
    known["export"] = made(client, "ExportModelVersion")["ExportId"]
    known["window"] = made(client, "CreateMaintenanceWindow")["MaintenanceWindowId"]
    made(client, "CreateRetrainingScheduler")
    client.put_resource_policy(ResourceArn=known["model"], ResourcePolicy=json.dumps(GRANT))
    return known


def made(client: Any, operation: str) -> dict[str, Any]:
    """The answer to the smallest request of an operation about what is there."""
    request = minimal_requests("fuzz-1")[operation]
    named = {member: KNOWN[member][0] for member in request if member in KNOWN}
    return getattr(client, xform_name(operation))(**request | named)


def values(shape: Shape, name: str = "") -> some.SearchStrategy[Any]:
    """Values of the type, mostly within the constraints; names are those of things that are there."""
    if isinstance(shape, StructureShape):
        members = {key: values(member, key) for key, member in shape.members.items() if key != "ClientToken"}
        required = {key: members.pop(key) for key in shape.required_members if key in members}
        return some.fixed_dictionaries(required, optional=members)
    if isinstance(shape, ListShape):
        return some.lists(values(shape.member, name), max_size=2)
    if name in KNOWN:
        return some.sampled_from(KNOWN[name])
    if "enum" in shape.metadata:
        return some.sampled_from(shape.metadata["enum"])
    if shape.type_name == "timestamp":
        return some.integers(1_770_000_000, 1_775_000_000)
    if shape.type_name in ("integer", "long"):
        return some.integers(shape.metadata.get("min", 0), shape.metadata.get("max", 500))
    if shape.type_name in ("double", "float"):
        return some.floats(0, 1)
    return some.booleans() if shape.type_name == "boolean" else FREE_TEXTS


OPERATIONS = some.sampled_from(sorted(service_model().operation_names))
AGAIN = some.integers(0, 9)  # the same request is another example: hypothesis makes none twice, and states change
CALLS = OPERATIONS.flatmap(
    lambda name: some.tuples(some.just(name), values(service_model().operation_model(name).input_shape), AGAIN)
)


@settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(call=CALLS)
def test_no_request_among_resources_finds_a_fault(town: Town, call: tuple[str, dict[str, Any], int]):
    operation, request, _ = call
    status, code = outcome(getattr(town.client, xform_name(operation)), filled(request, town.known))
    declared = {shape.name for shape in service_model().operation_model(operation).error_shapes}
    assert status in (200, 400), (operation, request)
    assert code is None or code in declared | {"SerializationException"}, (operation, request)
    if operation in GONE_FOR_GOOD and code is None:
        town.move()


def filled(value: Any, known: dict[str, str]) -> Any:
    """A request with what its braces stand for."""
    if isinstance(value, dict):
        return {name: filled(item, known) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, known) for item in value]
    return known.get(value[1:-1], value) if isinstance(value, str) else value


def outcome(call: Callable[..., dict[str, Any]], request: dict[str, Any]) -> tuple[int, str | None]:
    """Status and error code of the answer; what the client itself refuses counts as answered."""
    try:
        call(**request)
    except ParamValidationError:
        return 200, None
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return 200, None
