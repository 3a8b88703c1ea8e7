"""The facade over the real engine, through boto3 in process: what both make of the same words."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from keyed import client_over
from nudges import Nudges
from problem_checks import problem_of
from wsgi_seam import led_in_process

from service.engine.app import create_app as create_engine
from service.engine.clock import utc_now
from service.engine.resources import RememberingQueue, join_resources
from service.engine.store import datasets, model_versions, models
from service.engine.store.scope import Scope
from service.engine.work.tick import tick
from service.facade.resources import Resources, join
from service.facade.usecases.operations import watch_operation

SCHEMA = {
    "Components": [
        {
            "ComponentName": "pump",
            "Columns": [{"Name": "Timestamp", "Type": "DATETIME"}, {"Name": "flow", "Type": "DOUBLE"}],
        }
    ]
}


@pytest.fixture
def engine(settings, fresh_engine_database_url) -> Iterator:
    chosen = replace(settings, engine_database_url=fresh_engine_database_url)
    joined = join_resources(chosen, RememberingQueue(), threads=4)
    yield joined
    joined.database.dispose()


@pytest.fixture
def facade(settings, engine) -> Iterator[Resources]:
    joined = join(settings, Nudges())
    for boto in vars(joined.schedulers.upstream).values():
        led_in_process(boto, create_engine(engine.settings, engine))
    yield joined
    joined.close()


@pytest.fixture
def client(one_app, facade) -> FlaskClient:
    return client_over(facade, one_app)


@pytest.fixture
def model_name(unique) -> str:
    """The name of a model that no other test has: answers about models are cached."""
    return f"model-{unique}"


@pytest.fixture
def pump_model(facade, engine, model_name) -> str:
    """A model that is SUCCESS, with a sampling rate of ten minutes."""
    boto = facade.schedulers.upstream.changes
    boto.create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": json.dumps(SCHEMA)})
    scope = Scope(engine.settings.engine_account_id, engine.settings.aws_region)
    with engine.database.begin() as connection:
        datasets.change(connection, datasets.find(connection, scope, "plant").id, status="ACTIVE")
    boto.create_model(
        ModelName=model_name,
        DatasetName="plant",
        DataPreProcessingConfiguration={"TargetSamplingRate": "PT10M"},
    )
    with engine.database.begin() as connection:
        row = models.find(connection, scope, model_name)
        models.change(connection, row.id, status="SUCCESS", active_version=1)
        model_versions.change(connection, row.id, 1, status="SUCCESS")
    return model_name


@pytest.fixture
def new_scheduler(new_scheduler, model_name) -> dict:
    return new_scheduler | {"data_upload_frequency": "PT10M", "model_name": model_name}


def settle(client: FlaskClient, facade: Resources, engine, response) -> dict:
    """Let the engine's tick and the facade's worker look once each; the operation after that."""
    tick(engine, utc_now())
    address = response.headers["Operation-Location"]
    watch_operation(facade, address.rpartition("/")[2])
    return client.get(address).json


def test_a_scheduler_lives_from_creation_to_deletion(client, facade, engine, pump_model, new_scheduler, name):
    created = client.post("/v1/schedulers", json=new_scheduler)
    assert created.status_code == 202
    assert settle(client, facade, engine, created)["status"] == "succeeded"
    described = client.get(f"/v1/schedulers/{name}").json
    assert described["status"] == "RUNNING"
    assert described["data_input_configuration"]["input_time_zone_offset"] == "+00:00"
    assert [one["inference_scheduler_name"] for one in client.get("/v1/schedulers").json["schedulers"]] == [name]

    changed = client.patch(
        f"/v1/schedulers/{name}", json={"data_input_configuration": {"input_time_zone_offset": "+05:30"}}
    )
    assert changed.json["data_input_configuration"] == {
        "s3_input_configuration": {"bucket": "plant", "prefix": "in/"},
        "input_time_zone_offset": "+05:30",
        "inference_input_name_configuration": {
            "timestamp_format": "yyyyMMddHHmmss",
            "component_timestamp_delimiter": "_",
        },
    }

    stopped = client.post(f"/v1/schedulers/{name}/stop")
    assert settle(client, facade, engine, stopped)["scheduler_status"] == "STOPPED"
    started = client.post(f"/v1/schedulers/{name}/start")
    assert settle(client, facade, engine, started)["status"] == "succeeded"

    forced = client.delete(f"/v1/schedulers/{name}?force=true")
    looks = [settle(client, facade, engine, forced)["status"] for _ in range(3)]
    assert looks[-1] == "succeeded"
    problem_of(client.get(f"/v1/schedulers/{name}"), 404, "scheduler-not-found")


def test_a_frequency_below_the_models_sampling_rate_is_pointed_at(client, pump_model, new_scheduler):
    response = client.post("/v1/schedulers", json=new_scheduler | {"data_upload_frequency": "PT5M"})

    problem = problem_of(response, 422, "invalid-request")
    assert problem["aws_error_code"] == "ValidationException"
    assert [item["pointer"] for item in problem["errors"]] == ["/data_upload_frequency"]
    assert "PT10M" in problem["detail"]


def test_a_second_scheduler_on_a_model_is_a_used_up_quota(client, pump_model, new_scheduler):
    client.post("/v1/schedulers", json=new_scheduler)

    again = client.post("/v1/schedulers", json=new_scheduler | {"inference_scheduler_name": "another"})

    problem_of(again, 403, "quota-exceeded")


def test_a_name_in_use_is_a_conflict(client, pump_model, new_scheduler):
    client.post("/v1/schedulers", json=new_scheduler)

    problem_of(client.post("/v1/schedulers", json=new_scheduler), 409, "conflict")


def test_a_model_that_is_not_there_is_named(client, new_scheduler):
    problem_of(client.post("/v1/schedulers", json=new_scheduler), 404, "model-not-found")


def test_an_offset_that_no_zone_has_is_pointed_at(client, pump_model, new_scheduler):
    new_scheduler["data_input_configuration"]["input_time_zone_offset"] = "+23:00"

    problem = problem_of(client.post("/v1/schedulers", json=new_scheduler), 422, "invalid-request")

    assert [item["pointer"] for item in problem["errors"]] == ["/data_input_configuration/input_time_zone_offset"]


def test_wrong_states_are_wrong_states(client, facade, engine, pump_model, new_scheduler, name):
    settle(client, facade, engine, client.post("/v1/schedulers", json=new_scheduler))

    problem_of(client.post(f"/v1/schedulers/{name}/start"), 409, "wrong-state")
    problem_of(client.delete(f"/v1/schedulers/{name}"), 409, "wrong-state")


def test_a_replay_is_accepted_watched_and_stopped(client, facade, engine, pump_model, new_scheduler, name):
    settle(client, facade, engine, client.post("/v1/schedulers", json=new_scheduler))
    body = {"start_time": "2026-03-01T12:00:00Z", "end_time": "2026-03-01T13:00:00Z"}

    replay = client.post(f"/v1/schedulers/{name}/replays", json=body)

    assert (replay.status_code, replay.json["status"]) == (202, "queued")
    assert client.get(replay.headers["Location"]).json["start_time"] == body["start_time"]
    assert client.delete(replay.headers["Location"]).json["status"] == "cancelling"


def test_a_replay_into_the_future_points_at_its_end(client, facade, engine, pump_model, new_scheduler, name):
    settle(client, facade, engine, client.post("/v1/schedulers", json=new_scheduler))
    body = {"start_time": "2026-03-01T12:00:00Z", "end_time": "2099-03-01T13:00:00Z"}

    problem = problem_of(client.post(f"/v1/schedulers/{name}/replays", json=body), 422, "invalid-request")

    assert [item["pointer"] for item in problem["errors"]] == ["/end_time"]


def test_the_schema_of_a_model_is_read(client, pump_model):
    assert client.get(f"/v1/models/{pump_model}").json["components"] == [
        {"component_name": "pump", "timestamp_column": "Timestamp", "sensors": ["flow"]}
    ]


def test_executions_of_an_unknown_scheduler_are_a_404(client, name):
    problem_of(client.get(f"/v1/schedulers/{name}/executions"), 404, "scheduler-not-found")


def test_a_repeated_creation_with_one_key_is_one_scheduler(client, pump_model, new_scheduler):
    key = {"Idempotency-Key": "the-same"}

    first, again = (client.post("/v1/schedulers", json=new_scheduler, headers=key) for _ in range(2))

    assert first.json["id"] == again.json["id"]


def test_an_engine_that_verifies_signatures_refuses_a_wrong_secret_as_our_fault(settings, engine, one_app):
    strict = replace(engine.settings, verify_signatures=True)
    joined = join(replace(settings, aws_secret_access_key="wrong"), Nudges())
    led_in_process(joined.schedulers.upstream.reads, create_engine(strict, engine))

    response = client_over(joined, one_app).get("/v1/schedulers")

    problem_of(response, 502, "upstream-refused")
    joined.close()
