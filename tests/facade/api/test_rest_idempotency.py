"""A POST with an Idempotency-Key is done once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from problem_checks import problem_of

from service.facade.usecases.idempotency import forget_old_keys


@pytest.fixture
def key(unique: str) -> dict[str, str]:
    return {"Idempotency-Key": f"key-{unique}"}


def test_the_same_creation_twice_gives_the_same_operation(client, new_scheduler, key, upstream):
    first = client.post("/v1/schedulers", json=new_scheduler, headers=key)
    again = client.post("/v1/schedulers", json=new_scheduler, headers=key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json["id"] == first.json["id"]
    assert again.headers["Operation-Location"] == first.headers["Operation-Location"]
    assert upstream.calls.count("CreateInferenceScheduler") == 1


def test_the_key_travels_on_as_the_client_token(client, new_scheduler, key, upstream):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)

    assert upstream.tokens == {key["Idempotency-Key"]: new_scheduler["inference_scheduler_name"]}


def test_a_creation_without_a_key_gets_a_token_of_our_own_each_time(client, new_scheduler, upstream):
    client.post("/v1/schedulers", json=new_scheduler)

    problem_of(client.post("/v1/schedulers", json=new_scheduler), 409, "conflict")


def test_the_key_of_another_body_is_refused(client, new_scheduler, key):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)

    other = client.post("/v1/schedulers", json=new_scheduler | {"data_upload_frequency": "PT1H"}, headers=key)

    problem_of(other, 422, "idempotency-key-reused")


def test_the_key_of_another_address_is_refused(client, name, key, upstream):
    upstream.add_scheduler(name)
    client.post(f"/v1/schedulers/{name}/stop", headers=key)

    problem_of(client.post(f"/v1/schedulers/{name}/start", headers=key), 422, "idempotency-key-reused")


def test_stopping_twice_with_one_key_is_no_wrong_state(client, name, key, upstream):
    upstream.add_scheduler(name)
    first = client.post(f"/v1/schedulers/{name}/stop", headers=key)

    assert client.post(f"/v1/schedulers/{name}/stop", headers=key).json["id"] == first.json["id"]


def test_the_same_request_while_the_first_is_under_way_is_told_to_wait(app, client, new_scheduler, key, upstream):
    upstream.hold = Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(app.test_client().post, "/v1/schedulers", json=new_scheduler, headers=key)
        while not upstream.calls:
            assert not first.done()
        second = client.post("/v1/schedulers", json=new_scheduler, headers=key)
        upstream.hold.set()

        problem_of(second, 409, "request-in-flight")
        assert "Retry-After" in second.headers
        assert first.result().status_code == 202


def test_a_request_that_came_to_nothing_frees_its_key(client, new_scheduler, key, upstream):
    upstream.refuse("CreateInferenceScheduler", "ThrottlingException")
    problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 503, "upstream-throttled")
    upstream.refusals.clear()

    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).status_code == 202


def test_the_key_of_a_request_whose_process_died_is_taken_over_after_a_minute(
    app, client, new_scheduler, key, upstream, resources, monkeypatch
):
    class Killed(BaseException):
        """Stands for a SIGKILL: nobody tidies up."""

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("service.facade.usecases.idempotency._settle", lambda *_: None)
        patch.setattr(type(resources.schedulers), "create", die)
        with pytest.raises(Killed):
            client.post("/v1/schedulers", json=new_scheduler, headers=key)
    problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 409, "request-in-flight")

    later = replace(resources, clock=lambda: datetime.now(UTC) + timedelta(seconds=61))
    app.extensions["lookout"] = later

    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).status_code == 202


def test_a_key_is_forgotten_after_a_day(client, new_scheduler, key, resources):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)

    forget_old_keys(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(days=1, seconds=1)))

    problem_of(client.post("/v1/schedulers", json=new_scheduler | {"model_name": "other"}, headers=key), 404,
               "model-not-found")  # fmt: skip


@pytest.mark.parametrize("bad", ["", "with space", "x" * 257, "schlüssel"])
def test_a_key_that_cannot_travel_is_named(client, new_scheduler, bad):
    response = client.post("/v1/schedulers", json=new_scheduler, headers={"Idempotency-Key": bad})

    assert problem_of(response, 422, "invalid-request")["errors"][0]["parameter"] == "Idempotency-Key"


def test_a_replay_is_started_once_per_key(client, name, key, upstream):
    upstream.add_scheduler(name)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}

    first = client.post(f"/v1/schedulers/{name}/replays", json=body, headers=key)
    again = client.post(f"/v1/schedulers/{name}/replays", json=body, headers=key)

    assert first.json["id"] == again.json["id"]
    assert upstream.calls.count("StartInferenceReplay") == 1
