"""Every error that an operation declares is provoked here through boto3, or stands in a list with the reason why it
cannot occur. An operation or an error that the service model has and these tables lack fails the tests."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore import xform_name
from engine_world import World, refused
from minimal_requests import minimal_requests
from provocations import CONFLICTS, NO_CONFLICT, NO_QUOTA, NOT_MISSED, QUOTAS
from sqlalchemy import text
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.store import database
from service.engine.store.tables import metadata
from service.wire import service_model

OPERATIONS = sorted(service_model().operation_names)
WRONG = {  # a value that no constraint allows, for the member that an operation surely has
    "MaxResults": 501,
    "ResourceArn": "this is not the ARN of anything",
    "SourceDatasetArn": "this is not the ARN of anything",
    "SourceModelVersionArn": "this is not the ARN of anything",
}


def declaring(error: str) -> list[str]:
    return [name for name in OPERATIONS if any(shape.name == error for shape in errors_of(name))]


def errors_of(operation: str) -> list[Any]:
    return service_model().operation_model(operation).error_shapes


def ask(world: World, operation: str, **more: Any) -> tuple[Callable, dict[str, Any]]:
    return getattr(world.client, xform_name(operation)), minimal_requests(world.region)[operation] | more


def test_every_operation_has_a_request():
    assert sorted(minimal_requests("local-1")) == OPERATIONS


@pytest.mark.parametrize("operation", declaring("ValidationException"))
def test_what_breaks_a_constraint_is_a_validation_exception(world: World, operation: str):
    members = service_model().operation_model(operation).input_shape.members
    member = next((name for name in WRONG if name in members), None)
    if member is None:
        member = next(name for name in members if name.endswith(("Name", "Id")) and name != "ClientToken")
    call, request = ask(world, operation)
    said = refused("ValidationException", call, **request | {member: WRONG.get(member, "bad name!")})
    assert said


@pytest.mark.parametrize("operation", declaring("ResourceNotFoundException"))
def test_what_is_nowhere_is_not_found(world: World, operation: str):
    call, request = ask(world, operation)
    if operation in NOT_MISSED:
        call(**request)  # the table has the reason
        return
    assert "nowhere" in refused("ResourceNotFoundException", call, **request) or "Id" in str(request)


@pytest.mark.parametrize("operation", declaring("ConflictException"))
def test_what_cannot_be_now_is_a_conflict(world: World, operation: str):
    assert (operation in CONFLICTS) != (operation in NO_CONFLICT), "it is provoked, or a reason says why it cannot be"
    if operation in CONFLICTS:
        call, request = CONFLICTS[operation](world)
        assert refused("ConflictException", call, **request)


@pytest.mark.parametrize("operation", declaring("ServiceQuotaExceededException"))
def test_one_more_than_the_quota_is_refused(world: World, operation: str):
    assert (operation in QUOTAS) != (operation in NO_QUOTA), "it is provoked, or a reason says why it cannot be"
    if operation in NO_QUOTA:
        return
    quota, provoke = QUOTAS[operation]
    small = replace(world.resources, settings=replace(world.resources.settings, engine_quotas=quota))
    app = create_app(small.settings, small)
    limited = replace(world, client=led_in_process(equipment_client(world.region), app), resources=small)
    call, request = provoke(limited)
    assert refused("ServiceQuotaExceededException", call, **request)


@pytest.mark.parametrize("operation", declaring("ThrottlingException"))
def test_rows_that_others_hold_for_long_are_throttling(world: World, operation: str, monkeypatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.02)
    tables = ", ".join(metadata.tables)
    call, request = ask(world, operation)
    with world.resources.database.begin() as connection:
        connection.execute(text(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE"))
        assert "try again" in refused("ThrottlingException", call, **request)


@pytest.mark.parametrize("operation", declaring("AccessDeniedException"))
def test_an_unknown_key_is_denied_where_signatures_are_verified(world: World, operation: str):
    strict = replace(world.resources, settings=replace(world.resources.settings, verify_signatures=True))
    stranger = led_in_process(equipment_client(world.region, key="stranger"), create_app(strict.settings, strict))
    call, request = ask(replace(world, client=stranger), operation)
    assert "stranger" in refused("AccessDeniedException", call, **request)


@pytest.mark.parametrize("operation", declaring("InternalServerException"))
def test_a_fault_of_the_engine_is_told_without_its_insides(world: World, operation: str):
    def broken() -> Any:
        raise RuntimeError("the clock fell off the wall")

    faulty = replace(world.resources, clock=broken)
    app = create_app(faulty.settings, faulty)
    call, request = ask(replace(world, client=led_in_process(equipment_client(world.region), app)), operation)
    said = refused("InternalServerException", call, **request)
    assert "request id" in said
    assert "clock" not in said


def test_no_operation_declares_an_error_that_is_not_provoked_here():
    provoked = {
        "ValidationException", "ResourceNotFoundException", "ConflictException", "ServiceQuotaExceededException",
        "ThrottlingException", "AccessDeniedException", "InternalServerException",
    }  # fmt: skip
    assert {shape.name for name in OPERATIONS for shape in errors_of(name)} == provoked
