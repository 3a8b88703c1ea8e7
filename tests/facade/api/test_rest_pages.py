"""Lists in pages: nothing is shown twice or left out while rows arrive, and a Link header leads on, too."""

from itertools import count

import pytest

from service.facade.domain.audit import AuditFilter
from service.facade.domain.events import EventFilter
from service.facade.domain.executions import ExecutionFilter
from service.facade.domain.pages import encode_cursor
from service.facade.domain.predictions import PredictionFilter
from service.facade.usecases.audit import audit_query
from service.facade.usecases.events import event_query
from service.facade.usecases.executions import execution_query
from service.facade.usecases.imports import import_query
from service.facade.usecases.prediction_positions import prediction_query, recorded_query
from service.facade.usecases.replays import replay_query
from service.facade.usecases.uploads import upload_query

ROWS = "timestamp,flow,power\n2026-03-01T12:01:00Z,{},2.5\n"
HOUR = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
_numbers = count(1)


@pytest.fixture
def here(upstream, name) -> str:
    upstream.add_scheduler(name)
    return f"/v1/schedulers/{name}"


def add_upload(client, here: str) -> None:
    rows = ROWS.format(next(_numbers))
    answer = client.post(f"{here}/uploads?component=pump", data=rows, content_type="text/csv")
    assert answer.status_code == 202, answer.data


def add_replay(client, here: str) -> None:
    answer = client.post(f"{here}/replays", json=HOUR)
    assert answer.status_code == 202, answer.data


LISTS = {  # address below the scheduler, or of its own: (member, what adds one, what tells them apart)
    "{here}/uploads": ("uploads", add_upload, "id"),
    "{here}/replays": ("replays", add_replay, "id"),
    "/v1/audit-log?inference_scheduler_name={name}": ("entries", add_replay, "request_id"),
}


def pages(client, address: str):
    """Each page of a list, by its `next`."""
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.data
        yield answer
        address = answer.json["next"]


@pytest.mark.parametrize("address", LISTS)
def test_pages_stay_as_they_were_while_rows_arrive(client, here, name, address):
    member, add, identity = LISTS[address]
    address = address.format(here=here, name=name)
    for _ in range(5):
        add(client, here)
    before = [one[identity] for one in client.get(address).json[member]]
    assert len(set(before)) == 5

    walked = []
    for page in pages(client, f"{address}{'&' if '?' in address else '?'}limit=2"):
        walked += [one[identity] for one in page.json[member]]
        add(client, here)

    assert walked == before


def test_schedulers_that_arrive_meanwhile_move_nobody(client, upstream, name):
    for number in range(5):
        upstream.add_scheduler(f"{name}-{number}")

    walked = []
    for number, page in enumerate(pages(client, f"/v1/schedulers?name_prefix={name}&limit=2")):
        walked += [one["inference_scheduler_name"] for one in page.json["schedulers"]]
        upstream.add_scheduler(f"{name}-later-{number}") if number < 3 else None

    assert walked[:5] == [f"{name}-{number}" for number in range(5)]
    assert len(set(walked)) == len(walked)


def test_the_next_page_is_in_the_link_header_and_the_last_has_none(client, upstream, name):
    for number in range(3):
        upstream.add_scheduler(f"{name}-{number}")

    first, last = pages(client, f"/v1/schedulers?name_prefix={name}&limit=2")

    assert first.headers["Link"] == f'<{first.json["next"]}>; rel="next"'
    assert "name_prefix" in first.json["next"]
    assert "Link" not in last.headers


BOUND_TO = {  # address below the scheduler: what its cursors are bound to
    "uploads": lambda name: upload_query(name),
    "replays": lambda name: replay_query("default", name),
    "imports": lambda name: import_query("default", name),
    "executions": lambda name: execution_query(name, ExecutionFilter()),
    "predictions": lambda name: prediction_query(name, PredictionFilter()),
    "events": lambda name: event_query(name, EventFilter()),
    "../../audit-log": lambda _: audit_query(AuditFilter()),
}
NAIVE, FAR = "2026-03-01T00:00:00", 10**30
NOWHERE = [
    {},
    [1],
    [],
    -1.5,
    True,
    FAR,
    -1,
    None,
    [NAIVE, FAR],
    [NAIVE, -1],
    [NAIVE, "x"],
    [f"{NAIVE}Z", FAR],
    ["x", 1],
]


@pytest.mark.parametrize("listed", BOUND_TO)
def test_a_cursor_that_was_tampered_with_is_no_mistake_of_ours(client, here, name, listed):
    """It belongs to the list, only its position is made up."""
    address = f"{here}/{listed}" if "/" not in listed else "/v1/audit-log"
    for position in NOWHERE:
        answer = client.get(f"{address}?cursor={encode_cursor(BOUND_TO[listed](name), position)}")

        assert answer.status_code in (200, 422), (position, answer.data)
        if answer.status_code == 422:
            assert answer.json["errors"][0]["parameter"] == "cursor", position


def test_a_place_in_what_was_recorded_that_is_none_is_named(client, here, name):
    for position in ({}, FAR, -1, "x", None, 1.5):
        cursor = encode_cursor(recorded_query(name), position)

        answer = client.get(f"{here}/predictions?recorded_after={cursor}")

        assert answer.status_code == 422, (position, answer.data)
        assert answer.json["errors"][0]["parameter"] == "recorded_after", position
