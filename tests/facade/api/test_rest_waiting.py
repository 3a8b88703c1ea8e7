"""Prefer: wait and ?wait: the answer comes when the thing has ended."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Semaphore

import pytest

from service.facade.usecases.operations import watch_operation
from service.facade.usecases.schedulers import stop_scheduler


@pytest.fixture
def operation(resources, upstream, name):
    """One that is running."""
    upstream.add_scheduler(name)
    return stop_scheduler(resources, "default", name)


@pytest.fixture
def end(resources, upstream, name):
    """Let every operation of the scheduler end, as a worker would."""

    def work(operation_id: str, status: str = "STOPPED") -> None:
        upstream.schedulers[name]["Status"] = status
        watch_operation(resources, operation_id)

    return work


def ask(app, address: str, **headers: str):
    return app.test_client().get(address, headers=headers)


@pytest.mark.parametrize(
    ("query", "headers", "applied"),
    [("", {"Prefer": "wait=20"}, "wait=20"), ("?wait=20", {}, None)],
    ids=["preference", "parameter"],
)
def test_waiting_ends_as_soon_as_the_operation_does(app, operation, end, query, headers, applied):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, app, f"/v1/operations/{operation.id}{query}", **headers)
        end(operation.id)
        answer = waiting.result(timeout=10)

    assert answer.json["status"] == "succeeded"
    assert answer.headers.get("Preference-Applied") == applied


def test_waiting_longer_than_the_setting_allows_is_cut_short(app, resources, operation):
    app.extensions["lookout"] = replace(resources, settings=replace(resources.settings, wait_max_seconds=0.1))

    answer = ask(app, f"/v1/operations/{operation.id}", Prefer="wait=3600")

    assert answer.json["status"] == "running"
    assert answer.headers["Preference-Applied"] == "wait=3600"


def test_when_all_places_for_waiters_are_taken_the_answer_comes_at_once(app, resources, operation):
    app.extensions["lookout"] = replace(resources, waiters=Semaphore(0))

    began = time.monotonic()
    answer = ask(app, f"/v1/operations/{operation.id}", Prefer="wait=30")

    assert answer.json["status"] == "running"
    assert "Preference-Applied" not in answer.headers
    assert time.monotonic() - began < 5


def test_waiting_holds_no_database_connection(app, resources, operation, end):
    app.extensions["lookout"] = replace(resources, waiters=Semaphore(40))
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(ask, app, f"/v1/operations/{operation.id}?wait=20") for _ in range(40)]
        end(operation.id)

        assert {one.result(timeout=15).json["status"] for one in waiting} == {"succeeded"}


def test_a_place_for_waiters_is_given_back(app, resources, operation):
    app.extensions["lookout"] = one = replace(resources, waiters=Semaphore(1))

    for _ in range(3):
        assert ask(app, f"/v1/operations/{operation.id}?wait=0.1").status_code == 200
    assert one.waiters.acquire(blocking=False)


def test_a_post_may_wait_for_what_it_began(app, client, resources, upstream, name, queue, end):
    upstream.add_scheduler(name)
    with ThreadPoolExecutor(1) as pool:
        post = pool.submit(
            app.test_client().post, f"/v1/schedulers/{name}/stop", headers={"Prefer": "respond-async, wait=20"}
        )
        end(_nudged(queue))
        answer = post.result(timeout=10)

    assert (answer.status_code, answer.json["status"]) == (200, "succeeded")
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.headers["Location"] == f"/v1/schedulers/{name}"


def test_a_post_that_waited_in_vain_is_still_a_202(app, client, resources, upstream, name):
    app.extensions["lookout"] = replace(resources, settings=replace(resources.settings, wait_max_seconds=0.1))
    upstream.add_scheduler(name)

    answer = client.post(f"/v1/schedulers/{name}/stop", headers={"Prefer": "wait=5"})

    assert (answer.status_code, answer.json["status"]) == (202, "running")
    assert answer.headers["Preference-Applied"] == "wait=5"


def test_a_repeated_post_waits_for_what_the_first_one_began(client, upstream, name, queue, end):
    upstream.add_scheduler(name)
    first = client.post(f"/v1/schedulers/{name}/stop", headers={"Idempotency-Key": f"wait-{name}"})
    end(first.json["id"])

    again = client.post(f"/v1/schedulers/{name}/stop", headers={"Idempotency-Key": f"wait-{name}", "Prefer": "wait=5"})

    assert (again.status_code, again.json["id"], again.json["status"]) == (200, first.json["id"], "succeeded")
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("preference", ["wait", "wait=soon", "wait=-1", "await=5", "x; wait=5", "return=minimal"])
def test_a_preference_that_is_none_is_passed_over(client, operation, preference):
    answer = client.get(f"/v1/operations/{operation.id}", headers={"Prefer": preference})

    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


def test_an_unknown_parameter_beside_wait_is_named(client, operation):
    answer = client.get(f"/v1/operations/{operation.id}?waits=5")

    assert answer.status_code == 422
    assert "did you mean 'wait'" in answer.json["detail"]


def _nudged(queue) -> str:
    deadline = time.monotonic() + 10
    while not queue.sent:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return queue.sent[-1][-1]
