"""Work that a request left for later is done under its id, whoever takes it up."""

import pytest
from structlog.contextvars import bound_contextvars, clear_contextvars, get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from service.correlation import carried, taken_up
from service.facade.usecases.import_work import work_on_import
from service.facade.usecases.operations import watch_operation
from service.facade.usecases.replay_work import sweep_replays
from service.threads import Threads

ID = {"X-Request-Id": "first-and-last"}


@pytest.fixture(autouse=True)
def outside_of_any_request():
    """A client of another test leaves the id of its last request behind."""
    clear_contextvars()


@pytest.fixture
def lines():
    with capture_logs(processors=[merge_contextvars]) as captured:
        yield captured


def of(lines: list[dict], event: str) -> dict:
    [line] = [line for line in lines if line["event"] == event]
    return line


def test_an_operation_whose_message_was_lost_is_watched_under_the_id_of_its_request(
    client, resources, upstream, name, lines
):
    upstream.add_scheduler(name)
    where = client.post(f"/v1/schedulers/{name}/stop", headers=ID).headers["Operation-Location"]
    upstream.schedulers[name]["Status"] = "STOPPED"
    clear_contextvars()
    upstream.request_ids.clear()

    watch_operation(resources, where.rpartition("/")[2])

    ended = of(lines, "operation_ended")
    assert (ended["request_id"], ended["team"], ended["scheduler"]) == ("first-and-last", "default", name)
    assert set(upstream.request_ids) == {b"first-and-last"}
    assert get_contextvars() == {}


def test_an_import_is_read_under_the_id_of_its_request(client, resources, name, bucket, lines):
    body = {"bucket": bucket, "prefix": "nothing/"}
    begun = client.post(f"/v1/schedulers/{name}/imports", json=body, headers=ID)
    clear_contextvars()

    work_on_import(resources, begun.json["id"])

    assert of(lines, "import_ended")["request_id"] == "first-and-last"


def test_a_replay_is_looked_after_under_the_id_of_its_request(client, resources, upstream, name, lines):
    upstream.add_scheduler(name)
    times = {"start_time": "2026-03-01T12:00:00Z", "end_time": "2026-03-01T13:00:00Z"}
    assert client.post(f"/v1/schedulers/{name}/replays", json=times, headers=ID).status_code == 202
    clear_contextvars()
    upstream.request_ids.clear()

    sweep_replays(resources)

    assert upstream.request_ids[-1] == b"first-and-last"


def test_a_message_carries_the_id_and_gives_it_back_afterwards():
    with bound_contextvars(request_id="first-and-last"):
        headers = carried()
    with taken_up("a task", "id of the task", headers):
        assert get_contextvars() == {"request_id": "first-and-last", "task_id": "id of the task", "task": "a task"}
    with taken_up("a task", "id of the task", None):
        assert "request_id" not in get_contextvars()
    assert get_contextvars() == {}


def test_threads_work_for_whoever_gave_them_the_work():
    with Threads(2) as pool, bound_contextvars(request_id="first-and-last"):
        found = list(pool.map(lambda _: get_contextvars().get("request_id"), range(4)))
    assert found == ["first-and-last"] * 4
