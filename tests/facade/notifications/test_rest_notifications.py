"""GET /v1/notifications, and what can be seen of /v1/stream without a socket."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from flask.testing import FlaskClient
from keyed import bearer, new_key
from problem_checks import problem_of
from watched_plant import NOON

from service.facade.api.base import EXTENSION
from service.facade.api.sessions import COOKIE
from service.facade.domain.access import Caller
from service.facade.domain.keys import id_of
from service.facade.domain.notifications import Notification
from service.facade.problems import DatabaseUnavailable
from service.facade.stream_places import StreamPlaces
from service.facade.usecases import streaming
from service.facade.usecases.feed import KEPT, forget_old
from service.facade.usecases.keys import revoke_key
from service.facade.usecases.notifying import notify
from service.facade.usecases.sessions import open_session


@pytest.fixture
def tell(plant) -> Callable[..., None]:
    """Record notifications of the team, each in a transaction of its own."""

    def record(*names: str, type: str = "anomaly.opened", **more: Any) -> None:
        for name in names:
            incident = f"{plant.team}:{name}"
            with plant.resources.begin() as unit:
                one = Notification(type=type, team=plant.team, incident=incident, occurred_at=NOON, data={"n": name})
                notify(unit, [replace(one, **more)], plant.now)

    return record


def names(answer: Any) -> list[str]:
    return [one["data"]["n"] for one in answer["notifications"]]


def blocks(response: Any, count: int) -> list[dict[str, str]]:
    """The first blocks of a stream, which is closed then; a comment has the name ""."""
    assert response.status_code == 200, response.data
    assert response.content_type == "text/event-stream"
    lines: list[str] = []
    for piece in response.iter_encoded():
        lines += piece.decode().split("\n\n")[:-1]
        if len(lines) >= count:
            break
    response.close()
    return [dict(line.split(": ", 1) for line in block.split("\n")) for block in lines[:count]]


def test_the_list_is_newest_first_and_has_pages(owner, tell):
    tell("a", "b", "c")
    first = owner.get("/v1/notifications?limit=2").json
    assert names(first) == ["c", "b"]
    second = owner.get(first["next"]).json
    assert (names(second), second["next"]) == (["a"], None)


def test_the_list_can_be_narrowed(owner, tell):
    tell("a", inference_scheduler_name="pump-1")
    tell("b", type="upload.finished", inference_scheduler_name="pump-2")
    assert names(owner.get("/v1/notifications?types=upload.finished,replay.finished").json) == ["b"]
    assert names(owner.get("/v1/notifications?inference_scheduler_name=pump-1").json) == ["a"]
    problem_of(owner.get("/v1/notifications?types=anomaly.open"), 422, "invalid-request")


def test_a_poller_misses_nothing_and_sees_nothing_twice(owner, tell):
    tell("before")
    place = owner.get("/v1/notifications?limit=1").json["recorded_after"]
    assert names(owner.get(f"/v1/notifications?recorded_after={place}").json) == []
    tell("a", "b", "c")
    first = owner.get(f"/v1/notifications?recorded_after={place}&limit=2").json
    assert names(first) == ["a", "b"]
    rest = owner.get(first["next"]).json
    assert (names(rest), rest["next"]) == (["c"], None)
    tell("d")
    assert names(owner.get(f"/v1/notifications?recorded_after={rest['recorded_after']}").json) == ["d"]


def test_a_place_that_is_not_kept_any_more_is_answered_clearly(plant, owner, tell):
    tell("a")
    place = owner.get("/v1/notifications").json["recorded_after"]
    tell("b", "c")
    plant.now += KEPT + timedelta(days=1)
    tell("d")
    last = owner.get("/v1/notifications").json["recorded_after"]

    forget_old(plant.resources)

    for answer in (
        owner.get(f"/v1/notifications?recorded_after={place}"),
        owner.get("/v1/stream", headers={"Last-Event-ID": place}),
    ):
        assert "30 days" in problem_of(answer, 410, "place-forgotten")["detail"]
    assert names(owner.get("/v1/notifications").json) == ["d"]
    assert owner.get(f"/v1/notifications?recorded_after={last}").status_code == 200


def test_a_feed_of_which_all_is_forgotten_goes_on_where_it_was(app, plant, owner, tell):
    """Months in which nothing happened: what begins now has missed nothing."""
    settings = replace(plant.resources.settings, stream_heartbeat_seconds=0.05)
    app.extensions[EXTENSION] = replace(plant.resources, settings=settings)
    tell("a")
    forget_old(replace(plant.resources, clock=lambda: NOON + 1000 * KEPT))

    place = owner.get("/v1/notifications").json["recorded_after"]
    [_, begun] = blocks(owner.get("/v1/stream"), 2)
    tell("b")

    for known in (place, begun["id"]):
        assert names(owner.get(f"/v1/notifications?recorded_after={known}").json) == ["b"]


def test_a_place_of_another_team_is_none(client_of, owner, tell):
    place = owner.get("/v1/notifications").json["recorded_after"]
    other = client_of("team-other")
    for answer in (
        other.get(f"/v1/notifications?recorded_after={place}"),
        other.get(f"/v1/stream?last_event_id={place}"),
    ):
        problem_of(answer, 422, "bad-cursor")


def test_a_stream_begins_now_and_says_where_to_come_again(owner, tell):
    tell("before")
    response = owner.get("/v1/stream")
    tell("a")
    start, event = blocks(response, 2)

    assert (start["retry"], event["event"]) == ("3000", "anomaly.opened")
    told = json.loads(event["data"])
    assert told["data"] == {"n": "a"}
    assert told.keys() == {"id", "type", "timestamp", "data"}
    tell("b")
    for again in (
        owner.get("/v1/stream", headers={"Last-Event-ID": event["id"]}),
        owner.get(f"/v1/stream?last_event_id={event['id']}"),
        owner.get(f"/v1/stream?last_event_id={start['id']}", headers={"Last-Event-ID": event["id"]}),
    ):
        assert json.loads(blocks(again, 2)[1]["data"])["data"] == {"n": "b"}


def test_a_browser_listens_with_its_session(app, owner, plant, tell):
    page = FlaskClient(app, app.response_class)
    page.set_cookie(COOKIE, open_session(plant.joined, Caller(plant.team, frozenset({"read"}), "key:ana"))[1])
    response = page.get("/v1/stream")
    tell("a")
    assert blocks(response, 2)[1]["event"] == "anomaly.opened"


def test_a_stream_leaves_out_what_is_muted_or_of_others_or_not_asked_for(client_of, owner, plant, tell):
    response = owner.get("/v1/stream?types=upload.finished&inference_scheduler_name=pump-1")
    tell("a", inference_scheduler_name="pump-1")
    tell("b", type="upload.finished", inference_scheduler_name="pump-2")
    tell("c", type="upload.finished", inference_scheduler_name="pump-1", muted_by="replay")
    tell("d", type="upload.finished", inference_scheduler_name="pump-1", team=f"{plant.team}-other")
    tell("e", type="upload.finished", inference_scheduler_name="pump-1")
    assert json.loads(blocks(response, 2)[1]["data"])["data"] == {"n": "e"}


def test_a_stream_with_nothing_to_tell_says_that_it_lives_and_moves_on(app, owner, plant, tell):
    settings = replace(plant.resources.settings, stream_heartbeat_seconds=0.05)
    app.extensions[EXTENSION] = replace(plant.resources, settings=settings)
    response = owner.get("/v1/stream?types=replay.finished")
    tell("a")
    start, *beats = blocks(response, 4)
    assert [beat[""] for beat in beats] == ["all is well"] * 3
    assert beats[-1]["id"] != start["id"]


def test_a_stream_waits_for_a_database_that_is_away(plant, owner, tell, monkeypatch):
    calls, read_on = iter([True, True]), streaming.read_on

    def failing(*arguments: Any) -> Any:
        if next(calls, False):
            raise DatabaseUnavailable("away")
        return read_on(*arguments)

    monkeypatch.setattr(streaming, "read_on", failing)
    monkeypatch.setattr(streaming, "_LOOK_AGAIN_SECONDS", 0.01)
    response = owner.get("/v1/stream")
    tell("a")
    assert json.loads(blocks(response, 2)[1]["data"])["data"] == {"n": "a"}


def test_a_stream_ends_after_a_while_so_that_its_listener_shows_again_who_it_is(owner, monkeypatch):
    monkeypatch.setattr(streaming, "_LONGEST_SECONDS", 0.0)
    response = owner.get("/v1/stream")
    assert len(list(islice(response.iter_encoded(), 10))) == 1


@pytest.mark.parametrize("by", ["key", "cookie"])
def test_a_stream_tells_nothing_more_when_what_opened_it_is_revoked(app, owner, plant, tell, by):
    key = new_key(plant.joined, plant.team, ["read"])
    listener = FlaskClient(app, app.response_class)
    if by == "cookie":
        session = open_session(plant.joined, Caller(plant.team, frozenset({"read"}), "key:ana", id_of(key)))
        listener.set_cookie(COOKIE, session[1])
    pieces = listener.get("/v1/stream", headers=bearer(key) if by == "key" else {}).iter_encoded()
    next(pieces)
    tell("a")
    assert b"anomaly.opened" in next(pieces)

    revoke_key(plant.joined.database, id_of(key), "cli:tests", plant.now)
    plant.joined.known_keys.seen.clear()  # or five seconds later
    tell("b")
    assert list(pieces) == []


def test_one_team_leaves_places_for_streams_to_others():
    places = StreamPlaces(8)
    assert [places.take("a") for _ in range(7)] == [True] * 6 + [False]
    assert [places.take("b") for _ in range(3)] == [True, True, False]
    places.give_back("a")
    assert [places.take("a"), places.take("a")] == [True, False]


def test_more_streams_than_may_be_are_told_to_come_later(app, owner, plant):
    settings = replace(plant.resources.settings, max_streams=2)
    app.extensions[EXTENSION] = replace(plant.resources, settings=settings, streams=StreamPlaces(2))
    open_ones = [owner.get("/v1/stream") for _ in range(2)]
    refused = owner.get("/v1/stream")
    problem_of(refused, 503, "too-many-streams")
    assert refused.headers["Retry-After"]
    open_ones[0].close()
    again = owner.get("/v1/stream")
    assert again.status_code == 200
    for response in (open_ones[1], again):
        response.close()
