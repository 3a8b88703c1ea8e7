"""What schedulers have beyond the service: members that plain clients need not know."""

from dataclasses import replace
from typing import Any

import pytest
from engine_world import INPUT, World, refused, scheduler_request
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.store import database, model_versions, models, schedulers
from service.quotas import Quotas


def told(world: World, name: str = "s") -> dict[str, Any]:
    return world.client.describe_inference_scheduler(InferenceSchedulerName=name)


def update(world: World, **members: Any) -> None:
    world.client.update_inference_scheduler(InferenceSchedulerName="s", **members)


@pytest.fixture
def several(world: World) -> World:
    """An engine where a model may have three schedulers."""
    settings = replace(world.resources.settings, engine_quotas="schedulers_per_model=3")
    resources = replace(world.resources, settings=settings)
    assert resources.quotas == replace(Quotas(), schedulers_per_model=3)
    client = led_in_process(equipment_client(world.region), create_app(settings, resources))
    return World(client, resources, world.region)


def test_a_model_may_have_as_many_schedulers_as_the_setting_says(several: World):
    several.model("m")
    for name in ("a", "b", "c"):
        several.scheduler(name, ModelName="m")
    request = scheduler_request("d", ModelName="m")
    message = refused("ServiceQuotaExceededException", several.client.create_inference_scheduler, **request)
    assert "3" in message
    assert "'a'" in message
    listed = several.client.list_inference_schedulers(ModelName="m")["InferenceSchedulerSummaries"]
    assert [summary["InferenceSchedulerName"] for summary in listed] == ["a", "b", "c"]


def test_a_model_is_not_deleted_while_it_has_one_of_several_schedulers(several: World):
    several.model("m")
    for name in ("a", "b"):
        several.scheduler(name, ModelName="m", status="STOPPED")
    assert "'a'" in refused("ConflictException", several.client.delete_model, ModelName="m")
    several.client.delete_inference_scheduler(InferenceSchedulerName="a")
    assert "'b'" in refused("ConflictException", several.client.delete_model, ModelName="m")
    several.client.delete_inference_scheduler(InferenceSchedulerName="b")
    several.client.delete_model(ModelName="m")


def test_a_deleted_scheduler_makes_room_for_another(world: World):
    world.scheduler("s", status="STOPPED")
    world.client.delete_inference_scheduler(InferenceSchedulerName="s")
    world.scheduler("t", ModelName="model-of-s")


def test_describe_tells_what_is_in_force_where_nothing_was_said(world: World):
    world.scheduler("s")
    answer = told(world)
    assert (answer["AnomalyThreshold"], answer["CatchUpPolicy"], answer["CatchUpHours"]) == (0.5, "ALL", 24)
    assert "ShadowModelVersion" not in answer
    assert "InputTimeZone" not in answer["DataInputConfiguration"]


def test_what_is_said_at_create_and_update_is_told(world: World):
    world.scheduler("s", AnomalyThreshold=0.8, CatchUpPolicy="LATEST")
    update(world, CatchUpHours=2.5)
    answer = told(world)
    assert (answer["AnomalyThreshold"], answer["CatchUpPolicy"], answer["CatchUpHours"]) == (0.8, "LATEST", 2.5)
    update(world, AnomalyThreshold=0.0, CatchUpPolicy="SKIP", CatchUpHours=0.0)
    answer = told(world)
    assert (answer["AnomalyThreshold"], answer["CatchUpPolicy"], answer["CatchUpHours"]) == (0, "SKIP", 0)


def test_an_update_of_a_plain_client_leaves_the_extras_alone(world: World):
    world.scheduler("s", AnomalyThreshold=0.8, CatchUpPolicy="LATEST", CatchUpHours=3.0)
    update(world, DataDelayOffsetInMinutes=5)
    assert (told(world)["AnomalyThreshold"], told(world)["CatchUpPolicy"]) == (0.8, "LATEST")


@pytest.mark.parametrize("wrong", [{"AnomalyThreshold": 1.01}, {"CatchUpPolicy": "SOME"}, {"CatchUpHours": 1e5}])
def test_an_extra_outside_its_bounds_is_a_validation_error(world: World, wrong: dict[str, Any]):
    world.model("m")
    request = scheduler_request("s", ModelName="m") | wrong
    refused("ValidationException", world.client.create_inference_scheduler, **request)


def second_version(world: World, model: str, status: str = "SUCCESS") -> None:
    with world.resources.database.begin() as connection:
        row = models.find(connection, world.scope, model)
        first = model_versions.get(connection, row.id, 1)
        columns = {**vars(first), "version": 2, "status": status}
        model_versions.add(connection, **columns)


def test_a_shadow_version_is_told_and_taken_away_by_zero(world: World):
    world.model("m")
    second_version(world, "m")
    world.scheduler("s", ModelName="m", ShadowModelVersion=2)
    assert told(world)["ShadowModelVersion"] == 2
    update(world, ShadowModelVersion=0)
    assert "ShadowModelVersion" not in told(world)


def test_a_shadow_version_that_is_not_there_is_not_found(world: World):
    world.scheduler("s")
    message = refused("ResourceNotFoundException", world.client.update_inference_scheduler,
                      InferenceSchedulerName="s", ShadowModelVersion=7)  # fmt: skip
    assert "model-of-s/7" in message


@pytest.mark.parametrize(("number", "status", "said"), [(1, "SUCCESS", "active"), (2, "FAILED", "FAILED")])
def test_a_shadow_version_that_cannot_be_one_is_a_conflict(world: World, number: int, status: str, said: str):
    world.scheduler("s")
    second_version(world, "model-of-s", status)
    message = refused("ConflictException", world.client.update_inference_scheduler,
                      InferenceSchedulerName="s", ShadowModelVersion=number)  # fmt: skip
    assert said in message


def berlin(**more: Any) -> dict[str, Any]:
    return INPUT | {"InputTimeZone": "Europe/Berlin"} | more


def zone_of(world: World) -> tuple[str | None, str]:
    configuration = told(world)["DataInputConfiguration"]
    return configuration.get("InputTimeZone"), configuration["InputTimeZoneOffset"]


def test_a_named_zone_is_told_with_the_offset_of_the_moment(world: World):
    world.scheduler("s", DataInputConfiguration=berlin())
    assert zone_of(world) == ("Europe/Berlin", "+01:00")
    world.clock.move(days=60)
    assert zone_of(world) == ("Europe/Berlin", "+02:00")


def test_a_named_zone_counts_more_than_an_offset(world: World):
    world.scheduler("s", DataInputConfiguration=berlin(InputTimeZoneOffset="+05:30"))
    assert zone_of(world) == ("Europe/Berlin", "+01:00")


@pytest.mark.parametrize("offset", [{}, {"InputTimeZoneOffset": "+01:00"}], ids=["no offset", "the offset it was told"])
def test_a_client_that_knows_no_zones_keeps_the_one_there_is(world: World, offset: dict[str, str]):
    world.scheduler("s", DataInputConfiguration=berlin())
    update(world, DataInputConfiguration=INPUT | offset)
    assert zone_of(world) == ("Europe/Berlin", "+01:00")


@pytest.mark.parametrize(
    "change", [{"InputTimeZoneOffset": "+05:30"}, {"InputTimeZone": "", "InputTimeZoneOffset": "+05:30"}]
)
def test_another_offset_or_an_empty_name_takes_the_zone_away(world: World, change: dict[str, str]):
    world.scheduler("s", DataInputConfiguration=berlin())
    update(world, DataInputConfiguration=INPUT | change)
    assert zone_of(world) == (None, "+05:30")


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "+02:00"])
def test_an_unknown_zone_is_a_validation_error(world: World, name: str):
    world.model("m")
    request = scheduler_request("s", ModelName="m", DataInputConfiguration=berlin(InputTimeZone=name))
    message = refused("ValidationException", world.client.create_inference_scheduler, **request)
    assert "dataInputConfiguration.inputTimeZone" in message


def test_schedulers_of_one_model_are_counted_one_after_the_other(several: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    several.model("m")
    with several.resources.database.begin() as connection:
        models.find(connection, several.scope, "m", lock=True)
        request = scheduler_request("a", ModelName="m")
        refused("ThrottlingException", several.client.create_inference_scheduler, **request)
    with several.resources.database.begin() as connection:
        model = models.find(connection, several.scope, "m")
        assert schedulers.of_model(connection, model.id) == []
