"""/v1/schedulers/{name}/replays and /v1/replays"""

from dataclasses import replace
from datetime import timedelta

import pytest
from problem_checks import problem_of

from service.facade.usecases.describing import forget
from service.facade.usecases.replay_work import sweep_replays

BODY = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}


def test_a_replay_is_accepted_with_its_address_and_progress(client, name, upstream):
    upstream.add_scheduler(name)

    response = client.post(f"/v1/schedulers/{name}/replays", json=BODY)

    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/replays/{response.json['id']}"
    replay = client.get(response.headers["Location"]).json
    assert (replay["status"], replay["existing_results"], replay["total_windows"]) == ("queued", "keep", 12)
    assert (replay["start_time"], replay["end_time"]) == (BODY["start_time"], BODY["end_time"])
    assert (replay["succeeded_windows"], replay["failed_windows"], replay["skipped_windows"]) == (0, 0, 0)
    assert replay["inference_scheduler_name"] == name


def test_overwrite_is_passed_on(client, name, upstream):
    upstream.add_scheduler(name)

    replay = client.post(f"/v1/schedulers/{name}/replays", json=BODY | {"existing_results": "overwrite"}).json

    (begun,) = upstream.replays.values()
    assert (begun["ExistingResults"], replay["existing_results"]) == ("OVERWRITE", "overwrite")


def test_a_replay_is_stopped_by_deleting_it(client, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]

    response = client.delete(address)

    assert (response.status_code, response.json["status"]) == (202, "cancelling")


def test_a_replay_of_an_unknown_scheduler_is_a_404(client, name):
    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 404, "scheduler-not-found")


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_replay_is_a_404(client, method):
    problem_of(getattr(client, method)(f"/v1/replays/{'0' * 32}"), 404, "replay-not-found")


def test_an_engine_without_replays_is_a_501(client, name, upstream):
    upstream.add_scheduler(name)
    upstream.refuse("StartInferenceReplay", "UnknownOperationException")

    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 501, "not-supported-upstream")


@pytest.mark.parametrize("end", ["2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"])
def test_a_range_that_ends_before_it_starts_points_at_its_end(client, name, upstream, end):
    upstream.add_scheduler(name)

    response = client.post(f"/v1/schedulers/{name}/replays", json=BODY | {"end_time": end})

    assert problem_of(response, 422, "invalid-request")["errors"][0]["pointer"] == "/end_time"


def test_stopping_a_replay_that_has_ended_changes_nothing(client, name, upstream):
    upstream.add_scheduler(name)
    replay = client.post(f"/v1/schedulers/{name}/replays", json=BODY).json
    upstream.end_replay("SUCCESS")
    upstream.refuse("StopInferenceReplay", "ConflictException", "it has ended")

    response = client.delete(f"/v1/replays/{replay['id']}")

    assert (response.status_code, response.json["status"]) == (202, "succeeded")


def test_a_second_replay_beside_an_unfinished_one_is_a_conflict(client, name, upstream):
    upstream.add_scheduler(name)
    first = client.post(f"/v1/schedulers/{name}/replays", json=BODY).json["id"]
    (upstream_id,) = upstream.replays
    upstream.refuse("StartInferenceReplay", "ConflictException", f"The replay {upstream_id} has not ended.")

    refused = problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 409, "conflict")
    assert refused["detail"] == f"The replay {first} has not ended."  # the id that it has here


def test_replays_are_listed_newest_first_page_by_page(client, name, upstream):
    upstream.add_scheduler(name)
    ids = [client.post(f"/v1/schedulers/{name}/replays", json=BODY).json["id"] for _ in range(3)]

    first = client.get(f"/v1/schedulers/{name}/replays?limit=2").json
    rest = client.get(first["next"]).json

    assert [one["id"] for one in first["replays"] + rest["replays"]] == ids[::-1]
    assert (rest["next"], first["replays"][0]["created_by"]) == (None, "key:test")


def test_a_replay_is_shown_as_it_was_seen_last_while_the_engine_is_away(client, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]
    upstream.end_replay("IN_PROGRESS", SucceededWindows=5)
    assert client.get(address).json["succeeded_windows"] == 5
    upstream.away = True

    replay = client.get(address).json

    assert (replay["status"], replay["succeeded_windows"]) == ("running", 5)
    assert replay["warning"].startswith("This is how it was when it was last seen.")


def test_a_replay_that_has_ended_is_shown_without_asking_anybody(client, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]
    upstream.end_replay("SUCCESS", SucceededWindows=12)
    client.get(address)
    upstream.calls.clear()

    assert (client.get(address).json["succeeded_windows"], upstream.calls) == (12, [])


def test_a_replay_whose_answer_got_lost_is_begun_once(client, resources, name, upstream):
    upstream.add_scheduler(name)
    upstream.lose_answer_of = "StartInferenceReplay"

    replay = client.post(f"/v1/schedulers/{name}/replays", json=BODY).json  # botocore asks again

    assert len(upstream.replays) == 1
    assert replay["total_windows"] == 12


def test_a_replay_that_is_refused_leaves_no_row(client, name, upstream):
    upstream.add_scheduler(name)
    upstream.refuse("StartInferenceReplay", "ConflictException", "one at a time")

    client.post(f"/v1/schedulers/{name}/replays", json=BODY)

    assert client.get(f"/v1/schedulers/{name}/replays").json["replays"] == []


def test_a_replay_that_was_cut_off_on_its_way_is_begun_by_the_sweep(client, resources, name, upstream, monkeypatch):
    monkeypatch.setattr("service.facade.aws.places._LEAVE_ALONE_SECONDS", 0.0)
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}/replays")  # now it is known whose it is
    upstream.slow = True
    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 504, "upstream-timeout")
    upstream.slow = False
    (replay,) = client.get(f"/v1/schedulers/{name}/replays").json["replays"]
    assert (replay["status"], replay["total_windows"]) == ("queued", None)

    sweep_replays(resources)
    assert upstream.replays == {}  # its request may still be at work
    later = resources.clock() + timedelta(minutes=1)
    for _ in range(2):
        sweep_replays(replace(resources, clock=lambda: later))

    assert len(upstream.replays) == 1
    assert client.get(f"/v1/replays/{replay['id']}").json["total_windows"] == 12


def test_a_replay_that_the_sweep_may_not_begin_says_why(client, resources, name, upstream, monkeypatch):
    monkeypatch.setattr("service.facade.aws.places._LEAVE_ALONE_SECONDS", 0.0)
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}/replays")  # now it is known whose it is
    key = {"Idempotency-Key": f"replay-{name}"}
    upstream.slow = True
    client.post(f"/v1/schedulers/{name}/replays", json=BODY, headers=key)
    upstream.slow = False
    upstream.refuse("StartInferenceReplay", "ConflictException", "one at a time")

    later = resources.clock() + timedelta(minutes=1)
    sweep_replays(replace(resources, clock=lambda: later))

    (replay,) = client.get(f"/v1/schedulers/{name}/replays").json["replays"]
    assert (replay["status"], replay["failed_reason"]) == ("failed", "one at a time")
    upstream.refusals.clear()
    again = client.post(f"/v1/schedulers/{name}/replays", json=BODY, headers=key)
    assert (again.json["id"], again.json["status"], upstream.replays) == (replay["id"], "failed", {})


def test_a_replay_that_was_cut_off_is_not_begun_for_another_team(client, resources, name, upstream, monkeypatch):
    monkeypatch.setattr("service.facade.aws.places._LEAVE_ALONE_SECONDS", 0.0)
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}/replays")
    upstream.slow = True
    client.post(f"/v1/schedulers/{name}/replays", json=BODY)
    upstream.slow = False
    (replay,) = client.get(f"/v1/schedulers/{name}/replays").json["replays"]
    upstream.add_scheduler(name, team="others", InferenceSchedulerArn=f"another-{name}")
    forget(resources, name)

    later = resources.clock() + timedelta(minutes=1)
    sweep_replays(replace(resources, clock=lambda: later))

    assert upstream.replays == {}
    assert client.get(f"/v1/replays/{replay['id']}").json["status"] == "failed"


def test_a_replay_that_was_cut_off_is_begun_once_by_its_request_sent_again(client, name, upstream, monkeypatch):
    monkeypatch.setattr("service.facade.aws.places._LEAVE_ALONE_SECONDS", 0.0)
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}/replays")
    key = {"Idempotency-Key": f"replay-{name}"}
    upstream.slow = True
    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY, headers=key), 504, "upstream-timeout")
    upstream.slow = False

    ids = {client.post(f"/v1/schedulers/{name}/replays", json=BODY, headers=key).json["id"] for _ in range(2)}

    assert {one["id"] for one in client.get(f"/v1/schedulers/{name}/replays").json["replays"]} == ids
    assert len(ids) == len(upstream.replays) == 1


def test_the_sweep_keeps_the_list_up_to_date(client, resources, name, upstream):
    upstream.add_scheduler(name)
    client.post(f"/v1/schedulers/{name}/replays", json=BODY)
    upstream.end_replay("FAILED", FailedReason="None of the 12 windows could be scored.")

    sweep_replays(resources)

    (replay,) = client.get(f"/v1/schedulers/{name}/replays").json["replays"]
    assert (replay["status"], replay["failed_reason"]) == ("failed", "None of the 12 windows could be scored.")


def test_a_replay_that_the_engine_forgot_has_failed(client, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]
    upstream.replays.clear()

    assert client.get(address).json["status"] == "failed"


def test_another_team_does_not_see_it(client, client_of, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]
    another = client_of("another")

    problem_of(another.get(address), 404, "replay-not-found")
    problem_of(another.delete(address), 404, "replay-not-found")
    problem_of(another.get(f"/v1/schedulers/{name}/replays"), 404, "scheduler-not-found")
