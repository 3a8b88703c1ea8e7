"""/v1/schedulers/{name}/replays and /v1/replays"""

import pytest
from problem_checks import problem_of

BODY = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}


def test_a_replay_is_accepted_with_its_address_and_progress(client, name, upstream):
    upstream.add_scheduler(name)

    response = client.post(f"/v1/schedulers/{name}/replays", json=BODY)

    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/replays/{response.json['id']}"
    replay = client.get(response.headers["Location"]).json
    assert (replay["status"], replay["existing_results"], replay["total_windows"]) == ("pending", "keep", 12)
    assert (replay["start_time"], replay["end_time"]) == (BODY["start_time"], BODY["end_time"])
    assert (replay["succeeded_windows"], replay["failed_windows"], replay["skipped_windows"]) == (0, 0, 0)
    assert replay["inference_scheduler_name"] == name


def test_overwrite_is_passed_on(client, name, upstream):
    upstream.add_scheduler(name)

    replay = client.post(f"/v1/schedulers/{name}/replays", json=BODY | {"existing_results": "overwrite"}).json

    assert upstream.replays[replay["id"]]["ExistingResults"] == "OVERWRITE"


def test_a_replay_is_stopped_by_deleting_it(client, name, upstream):
    upstream.add_scheduler(name)
    address = client.post(f"/v1/schedulers/{name}/replays", json=BODY).headers["Location"]

    response = client.delete(address)

    assert (response.status_code, response.json["status"]) == (202, "stopping")


def test_a_replay_of_an_unknown_scheduler_is_a_404(client, name):
    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 404, "scheduler-not-found")


@pytest.mark.parametrize("method", ["get", "delete"])
def test_an_unknown_replay_is_a_404(client, method):
    problem_of(getattr(client, method)(f"/v1/replays/{'0' * 32}"), 404, "replay-not-found")


@pytest.mark.parametrize("code", ["UnknownOperationException", "UnsupportedOperationException"])
def test_an_engine_without_replays_is_a_501(client, name, upstream, code):
    upstream.add_scheduler(name)
    upstream.refuse("StartInferenceReplay", code)

    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 501, "not-supported-upstream")


@pytest.mark.parametrize("end", ["2026-03-01T00:00:00Z", "2026-02-28T00:00:00Z"])
def test_a_range_that_ends_before_it_starts_points_at_its_end(client, name, upstream, end):
    upstream.add_scheduler(name)

    response = client.post(f"/v1/schedulers/{name}/replays", json=BODY | {"end_time": end})

    assert problem_of(response, 422, "invalid-request")["errors"][0]["pointer"] == "/end_time"


def test_stopping_a_replay_that_has_ended_changes_nothing(client, name, upstream):
    upstream.add_scheduler(name)
    replay = client.post(f"/v1/schedulers/{name}/replays", json=BODY).json
    upstream.replays[replay["id"]]["Status"] = "SUCCESS"
    upstream.refuse("StopInferenceReplay", "ConflictException", "it has ended")

    response = client.delete(f"/v1/replays/{replay['id']}")

    assert (response.status_code, response.json["status"]) == (202, "success")


def test_a_second_replay_beside_an_unfinished_one_is_a_conflict(client, name, upstream):
    upstream.add_scheduler(name)
    upstream.refuse("StartInferenceReplay", "ConflictException", "one at a time")

    problem_of(client.post(f"/v1/schedulers/{name}/replays", json=BODY), 409, "conflict")
