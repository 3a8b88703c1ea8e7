"""Retraining schedulers through boto3."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_world import World, refused

DAY = timedelta(days=1)
ASKED = {"ModelName": "m", "RetrainingFrequency": "P30D", "LookbackWindow": "P180D"}
BY_NAME = ("describe", "update", "delete", "start", "stop")


@pytest.fixture
def modelled(world: World) -> World:
    world.model("m")
    return world


def create(world: World, *, status: str = "RUNNING", **more: Any) -> dict[str, Any]:
    answer = world.client.create_retraining_scheduler(**ASKED | more)
    if status != "PENDING":
        world.done_settling_retraining("m")
    if status in ("STOPPING", "STOPPED"):
        world.client.stop_retraining_scheduler(ModelName="m")
    if status == "STOPPED":
        world.done_settling_retraining("m")
    return answer


def in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def described(world: World) -> dict[str, Any]:
    return world.client.describe_retraining_scheduler(ModelName="m")


def next_date(world: World) -> datetime | None:
    return world.client.describe_model(ModelName="m").get("NextScheduledRetrainingStartDate")


def call_of(world: World, verb: str) -> Any:
    return getattr(world.client, f"{verb}_retraining_scheduler")


def test_create_makes_one_and_starts_it(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m")["ModelArn"]
    answer = world.client.create_retraining_scheduler(**ASKED)
    assert (answer["ModelName"], answer["ModelArn"], answer["Status"]) == ("m", arn, "PENDING")
    told = described(world)
    assert {name: told[name] for name in ASKED} == ASKED
    assert (told["Status"], told["PromoteMode"], told["ModelArn"]) == ("PENDING", "MANAGED", arn)
    assert told["CreatedAt"] == told["UpdatedAt"] == world.clock()


def test_without_a_start_date_it_begins_at_the_next_midnight(modelled: World):
    create(modelled)
    tomorrow = datetime(2026, 3, 2, tzinfo=UTC)
    assert described(modelled)["RetrainingStartDate"] == next_date(modelled) == tomorrow


@pytest.mark.parametrize(
    ("asked", "start", "following"),
    [
        ("2026-04-10T17:30", "2026-04-10", "2026-04-10"),
        ("2026-03-01T08:00", "2026-03-01", "2026-03-01"),
        ("2026-01-15", "2026-01-15", "2026-03-16"),
    ],
    ids=["some day", "today, at once", "the past, on its grid"],
)
def test_a_start_date_is_cut_to_its_day(modelled: World, asked: str, start: str, following: str):
    create(modelled, RetrainingStartDate=in_utc(asked))
    assert (described(modelled)["RetrainingStartDate"], next_date(modelled)) == (in_utc(start), in_utc(following))


@pytest.mark.parametrize("frequency", ["P30D", "P1M", "P3M15D", "P12M", "P365D", "P1Y"])
def test_frequencies_from_a_month_to_a_year_are_taken(modelled: World, frequency: str):
    create(modelled, RetrainingFrequency=frequency)
    assert described(modelled)["RetrainingFrequency"] == frequency


@pytest.mark.parametrize("frequency", ["P29D", "P366D", "P1Y1D", "P2Y", "P", "P0D", "PT5M", "P1W"])
def test_other_frequencies_are_a_validation_error(modelled: World, frequency: str):
    refused(
        "ValidationException", modelled.client.create_retraining_scheduler, **ASKED | {"RetrainingFrequency": frequency}
    )
    create(modelled)
    refused("ValidationException", call_of(modelled, "update"), ModelName="m", RetrainingFrequency=frequency)


@pytest.mark.parametrize("window", ["P180D", "P360D", "P540D", "P720D"])
def test_four_lookback_windows_are_taken(modelled: World, window: str):
    create(modelled, LookbackWindow=window)
    assert described(modelled)["LookbackWindow"] == window


@pytest.mark.parametrize("wrong", [{"LookbackWindow": "P90D"}, {"PromoteMode": "AUTO"}, {"ModelName": "not a name"}])
def test_what_the_model_of_the_service_forbids_is_a_validation_error(modelled: World, wrong: dict[str, Any]):
    refused("ValidationException", modelled.client.create_retraining_scheduler, **ASKED | wrong)


def test_a_model_has_one_retraining_scheduler(modelled: World):
    """Not a matter of quotas: ServiceQuotaExceededException is not declared."""
    create(modelled, status="STOPPED")
    assert "already" in refused("ConflictException", modelled.client.create_retraining_scheduler, **ASKED)


@pytest.mark.parametrize("status", ["IN_PROGRESS", "FAILED"])
def test_a_model_that_was_never_trained_is_not_retrained(world: World, status: str):
    world.model("m", status=status)
    assert status in refused("ConflictException", world.client.create_retraining_scheduler, **ASKED)


def test_a_model_has_to_be_there(client: Any):
    refused("ResourceNotFoundException", client.create_retraining_scheduler, **ASKED)


@pytest.mark.parametrize("verb", BY_NAME)
def test_what_is_not_there_is_not_found(modelled: World, verb: str):
    refused("ResourceNotFoundException", call_of(modelled, verb), ModelName="nobody")
    assert "retraining scheduler" in refused("ResourceNotFoundException", call_of(modelled, verb), ModelName="m")


@pytest.mark.parametrize("verb", BY_NAME)
def test_a_name_that_cannot_be_one_is_a_validation_error(client: Any, verb: str):
    refused("ValidationException", getattr(client, f"{verb}_retraining_scheduler"), ModelName="not a name")


def test_the_same_request_twice_makes_one(modelled: World):
    first = create(modelled, ClientToken="once")
    again = modelled.client.create_retraining_scheduler(**ASKED, ClientToken="once")
    assert again["Status"] == first["Status"]
    other = ASKED | {"LookbackWindow": "P360D", "ClientToken": "once"}
    refused("ConflictException", modelled.client.create_retraining_scheduler, **other)


def test_stop_and_start_go_through_their_states(world_both_ways: World):
    world = world_both_ways
    arn = world.model("m")["ModelArn"]
    create(world)
    stopped = world.client.stop_retraining_scheduler(ModelName="m")
    assert (stopped["ModelName"], stopped["ModelArn"], stopped["Status"]) == ("m", arn, "STOPPING")
    world.done_settling_retraining("m")
    assert described(world)["Status"] == "STOPPED"
    assert world.client.start_retraining_scheduler(ModelName="m")["Status"] == "PENDING"
    world.done_settling_retraining("m")
    assert described(world)["Status"] == "RUNNING"


def test_a_pending_one_is_stopped_at_once(modelled: World):
    create(modelled, status="PENDING")
    assert modelled.client.stop_retraining_scheduler(ModelName="m")["Status"] == "STOPPED"


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        *(("start", status) for status in ("PENDING", "RUNNING", "STOPPING")),
        *(("stop", status) for status in ("STOPPING", "STOPPED")),
        *(("update", status) for status in ("PENDING", "STOPPING")),
        *(("delete", status) for status in ("PENDING", "RUNNING", "STOPPING")),
    ],
)
def test_the_wrong_state_is_a_conflict_that_names_it(modelled: World, verb: str, status: str):
    create(modelled, status=status)
    assert f"is {status}" in refused("ConflictException", call_of(modelled, verb), ModelName="m")


@pytest.mark.parametrize("status", ["RUNNING", "STOPPED"])
def test_an_update_changes_what_it_names(modelled: World, status: str):
    create(modelled, status=status)
    before = described(modelled)
    modelled.clock.move(hours=1)
    answer = call_of(modelled, "update")(ModelName="m", LookbackWindow="P720D", PromoteMode="MANUAL")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    changed = {"LookbackWindow": "P720D", "PromoteMode": "MANUAL", "UpdatedAt": modelled.clock()}
    told = described(modelled)
    assert {**told, "ResponseMetadata": 0} == {**before, **changed, "ResponseMetadata": 0}


def test_another_grid_sets_the_next_date_anew(modelled: World):
    create(modelled)
    call_of(modelled, "update")(ModelName="m", RetrainingStartDate=datetime(2026, 2, 1, 5, tzinfo=UTC))
    assert next_date(modelled) == datetime(2026, 3, 3, tzinfo=UTC)
    call_of(modelled, "update")(ModelName="m", RetrainingFrequency="P2M")
    assert next_date(modelled) == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_stopped_one_has_no_next_date_and_misses_those_that_pass(modelled: World):
    create(modelled, RetrainingStartDate=datetime(2026, 3, 2, tzinfo=UTC), status="STOPPED")
    assert next_date(modelled) is None
    modelled.clock.move(days=10)
    modelled.client.start_retraining_scheduler(ModelName="m")
    assert next_date(modelled) == datetime(2026, 4, 1, tzinfo=UTC)


def test_delete_takes_it_away_and_leaves_its_versions(modelled: World):
    create(modelled, status="STOPPED")
    modelled.done_retraining("m")
    answer = modelled.client.delete_retraining_scheduler(ModelName="m")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    refused("ResourceNotFoundException", call_of(modelled, "describe"), ModelName="m")
    told = modelled.client.describe_model(ModelName="m")
    assert "RetrainingSchedulerStatus" not in told
    assert told["LatestScheduledRetrainingModelVersion"] == 2
    assert create(modelled)["Status"] == "PENDING"


def test_a_model_with_a_retraining_scheduler_cannot_be_deleted(modelled: World):
    create(modelled, status="STOPPED")
    assert "retraining scheduler" in refused("ConflictException", modelled.client.delete_model, ModelName="m")
    modelled.client.delete_retraining_scheduler(ModelName="m")
    modelled.client.delete_model(ModelName="m")


def test_a_list_is_in_the_order_of_the_models(world_both_ways: World):
    world = world_both_ways
    arns = {name: world.model(name)["ModelArn"] for name in ("motor", "fan", "pump")}
    for name in arns:
        world.client.create_retraining_scheduler(**ASKED | {"ModelName": name})
    found = world.client.list_retraining_schedulers()["RetrainingSchedulerSummaries"]
    assert [summary["ModelName"] for summary in found] == ["fan", "motor", "pump"]
    assert found[0] == {
        "ModelName": "fan",
        "ModelArn": arns["fan"],
        "Status": "PENDING",
        "RetrainingStartDate": datetime(2026, 3, 2, tzinfo=UTC),
        "RetrainingFrequency": "P30D",
        "LookbackWindow": "P180D",
    }
    first = world.client.list_retraining_schedulers(MaxResults=2)
    rest = world.client.list_retraining_schedulers(MaxResults=2, NextToken=first["NextToken"])
    assert [summary["ModelName"] for summary in rest["RetrainingSchedulerSummaries"]] == ["pump"]
    assert "NextToken" not in rest


def test_a_list_is_narrowed_by_name_and_status(world: World):
    for name in ("m", "m_2", "motor", "fan"):
        world.model(name)
        world.client.create_retraining_scheduler(**ASKED | {"ModelName": name})
    world.done_settling_retraining("m")

    def names(**filters: str) -> list[str]:
        found = world.client.list_retraining_schedulers(**filters)["RetrainingSchedulerSummaries"]
        return [summary["ModelName"] for summary in found]

    assert names(ModelNameBeginsWith="m") == ["m", "m_2", "motor"]
    assert names(ModelNameBeginsWith="m_") == ["m_2"]
    assert names(Status="RUNNING") == ["m"]
    assert names(Status="STOPPED") == []


@pytest.mark.parametrize("wrong", [{"Status": "DONE"}, {"MaxResults": 501}, {"NextToken": "made up"}])
def test_a_list_refuses_what_it_does_not_know(client: Any, wrong: dict[str, Any]):
    refused("ValidationException", client.list_retraining_schedulers, **wrong)


def test_models_tell_of_their_retraining(modelled: World):
    create(modelled)
    began = modelled.clock() + DAY
    outcome = {"training_started_at": began, "retraining_available_data_in_days": 12}
    modelled.done_retraining("m", "FAILED", failed_reason="Too few days.", **outcome)
    listed = {
        "RetrainingSchedulerStatus": "RUNNING",
        "NextScheduledRetrainingStartDate": datetime(2026, 3, 2, tzinfo=UTC),
        "LatestScheduledRetrainingStatus": "FAILED",
        "LatestScheduledRetrainingModelVersion": 2,
        "LatestScheduledRetrainingStartTime": began,
    }
    more = {
        "LatestScheduledRetrainingFailedReason": "Too few days.",
        "LatestScheduledRetrainingAvailableDataInDays": 12,
    }
    told = modelled.client.describe_model(ModelName="m")
    assert {name: told[name] for name in listed | more} == listed | more
    assert told["Status"] == "SUCCESS"
    (summary,) = modelled.client.list_models()["ModelSummaries"]
    assert {name: summary[name] for name in listed} == listed
