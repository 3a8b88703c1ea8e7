"""A POST with an Idempotency-Key is carried out once, and answered alike each time."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from problem_checks import problem_of

from service.facade.domain.access import Caller
from service.facade.problems import DatabaseUnavailable
from service.facade.usecases.idempotency import forget_old_keys


@pytest.fixture
def key(unique: str) -> dict[str, str]:
    return {"Idempotency-Key": f"key-{unique}"}


def test_the_same_creation_twice_gives_the_same_answer(client, new_scheduler, key, upstream):
    first = client.post("/v1/schedulers", json=new_scheduler, headers=key)
    again = client.post("/v1/schedulers", json=new_scheduler, headers=key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.data == first.data
    for header in ("Content-Type", "Location", "Operation-Location"):
        assert again.headers[header] == first.headers[header]
    assert upstream.calls.count("CreateInferenceScheduler") == 1


def test_only_a_repeated_answer_is_marked(client, new_scheduler, key):
    first = client.post("/v1/schedulers", json=new_scheduler, headers=key)
    again = client.post("/v1/schedulers", json=new_scheduler, headers=key)

    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_the_key_travels_on_as_a_client_token_of_the_team(client, new_scheduler, key, upstream):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)

    [token] = upstream.tokens
    assert len(token) == 64
    assert key["Idempotency-Key"] not in token


def test_the_same_key_of_two_teams_is_two_keys(client, new_scheduler, name, key, upstream, monkeypatch):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)
    other = Caller("other-team", frozenset(["operate"]), "other")
    monkeypatch.setattr("service.facade.api.access.identify", lambda *_: other)

    theirs = client.post("/v1/schedulers", json=new_scheduler | {"inference_scheduler_name": f"{name}-2"}, headers=key)

    assert theirs.status_code == 202
    assert "Idempotent-Replayed" not in theirs.headers
    assert len(upstream.tokens) == 2


def test_a_creation_without_a_key_gets_a_token_of_our_own_each_time(client, new_scheduler, upstream):
    client.post("/v1/schedulers", json=new_scheduler)

    problem_of(client.post("/v1/schedulers", json=new_scheduler), 409, "conflict")
    assert [len(token) for token in upstream.tokens] == [64]


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
        first = pool.submit(client.application.test_client().post, "/v1/schedulers", json=new_scheduler, headers=key)
        until_called(upstream)
        second = client.post("/v1/schedulers", json=new_scheduler, headers=key)
        other = client.post("/v1/schedulers", json=new_scheduler | {"model_name": "other"}, headers=key)
        upstream.hold.set()

        problem_of(second, 409, "request-in-flight")
        assert int(second.headers["Retry-After"]) > 0
        problem_of(other, 422, "idempotency-key-reused")
        assert first.result().status_code == 202


def test_of_many_at_once_one_is_carried_out(app, new_scheduler, key, upstream):
    def create(_):
        return app.test_client().post("/v1/schedulers", json=new_scheduler, headers=key)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(create, range(32)))

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert all(answer.json["type"] == "/problems/request-in-flight" for answer in answers if answer.status_code == 409)
    carried_out = [answer for answer in answers if answer.status_code == 202]
    assert len({answer.json["id"] for answer in carried_out}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in carried_out) == 1
    assert upstream.calls.count("CreateInferenceScheduler") == 1


def test_a_request_that_was_refused_frees_its_key(client, new_scheduler, key):
    problem_of(client.post("/v1/schedulers", json=new_scheduler | {"model_name": "none"}, headers=key), 404,
               "model-not-found")  # fmt: skip

    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).status_code == 202


def test_a_request_that_failed_on_our_side_is_carried_out_when_it_is_sent_again(client, new_scheduler, key, upstream):
    upstream.refuse("CreateInferenceScheduler", "ThrottlingException")
    problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 503, "upstream-throttled")
    upstream.refusals.clear()

    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).status_code == 202


def test_a_creation_whose_answer_got_lost_creates_nothing_twice(client, new_scheduler, name, key, upstream, queue):
    queue_failed = DatabaseUnavailable("The test has taken the database away.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.facade.usecases.schedulers.follow", _raising(queue_failed))
        problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 503, "database-unavailable")
    assert name in upstream.schedulers

    again = client.post("/v1/schedulers", json=new_scheduler, headers=key)

    assert again.status_code == 202
    assert upstream.calls.count("CreateInferenceScheduler") == 2
    assert len(upstream.tokens) == 1


@pytest.mark.parametrize(("verb", "before"), [("start", "STOPPED"), ("stop", "RUNNING")])
def test_a_move_that_was_made_by_an_attempt_that_died_counts(client, name, key, upstream, verb, before):
    upstream.add_scheduler(name, before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.facade.usecases.schedulers.follow", _raising(DatabaseUnavailable("away")))
        client.post(f"/v1/schedulers/{name}/{verb}", headers=key)
    assert upstream.schedulers[name]["Status"] != before

    again = client.post(f"/v1/schedulers/{name}/{verb}", headers=key)

    assert again.status_code == 202
    assert again.json["kind"] == f"{verb}_scheduler"


def test_a_request_whose_process_died_is_taken_up_again_at_once(client, new_scheduler, key, upstream, resources):
    class Killed(BaseException):
        """Stands for a SIGKILL: nobody tidies up, and PostgreSQL lets go of the lock."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(resources.schedulers), "create", _raising(Killed()))
        with pytest.raises(Killed):
            client.post("/v1/schedulers", json=new_scheduler, headers=key)

    other = client.post("/v1/schedulers", json=new_scheduler | {"model_name": "other"}, headers=key)
    problem_of(other, 422, "idempotency-key-reused")
    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).status_code == 202


def test_a_key_survives_a_restart(settings, resources, queue, new_scheduler, key, client):
    first = client.post("/v1/schedulers", json=new_scheduler, headers=key)
    restarted = client.application.test_client()
    resources.database.engine.dispose()

    assert restarted.post("/v1/schedulers", json=new_scheduler, headers=key).data == first.data


def test_a_key_is_forgotten_after_a_day(client, new_scheduler, key, resources):
    client.post("/v1/schedulers", json=new_scheduler, headers=key)

    forget_old_keys(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(days=1, seconds=1)))

    problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 409, "conflict")


def test_a_key_is_kept_for_nearly_a_day(client, new_scheduler, key, resources):
    first = client.post("/v1/schedulers", json=new_scheduler, headers=key)

    forget_old_keys(replace(resources, clock=lambda: datetime.now(UTC) + timedelta(hours=23, minutes=59)))

    assert client.post("/v1/schedulers", json=new_scheduler, headers=key).json["id"] == first.json["id"]


@pytest.mark.parametrize("bad", ["", "with space", "x" * 257, "schlüssel"])
def test_a_key_that_is_none_is_named(client, new_scheduler, bad):
    response = client.post("/v1/schedulers", json=new_scheduler, headers={"Idempotency-Key": bad})

    assert problem_of(response, 422, "invalid-request")["errors"][0]["parameter"] == "Idempotency-Key"


def test_a_replay_is_started_once_per_key(client, name, key, upstream):
    upstream.add_scheduler(name)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}

    first = client.post(f"/v1/schedulers/{name}/replays", json=body, headers=key)
    again = client.post(f"/v1/schedulers/{name}/replays", json=body, headers=key)

    assert first.json["id"] == again.json["id"]
    assert upstream.calls.count("StartInferenceReplay") == 1


def test_without_a_database_a_post_with_a_key_is_a_503_and_changes_nothing(
    client, new_scheduler, key, upstream, resources, app
):
    gone = replace(resources.database, engine=resources.database.engine.execution_options())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(gone), "begin", _raising(DatabaseUnavailable("PostgreSQL cannot be reached.")))
        problem_of(client.post("/v1/schedulers", json=new_scheduler, headers=key), 503, "database-unavailable")

    assert upstream.calls == []


def until_called(upstream) -> None:
    deadline = time.monotonic() + 10
    while not upstream.calls:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _raising(error: BaseException):
    def fail(*_, **__):
        raise error

    return fail
