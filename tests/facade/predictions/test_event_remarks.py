"""Acknowledgements and feedback: said of an event, they stay with it whatever becomes of it."""

import json

import pytest

HIGH, LOW = 0.9, 0.1
NOTE = {"note": "Seen; the fitter is on his way."}


def high(*minutes: int, until: int = 120) -> dict[int, float]:
    return dict.fromkeys(range(1, until + 1), LOW) | dict.fromkeys(minutes, HIGH)


@pytest.fixture
def here(name):
    return f"/v1/schedulers/{name}/events"


@pytest.fixture
def acknowledged(client, here):
    """The notes of the acknowledgements of all events, the newest event first."""

    def asked(query: str = "") -> list[str | None]:
        events = client.get(here + query).json["events"]
        return [one["acknowledgement"] and one["acknowledgement"]["note"] for one in events]

    return asked


@pytest.fixture
def acknowledge(client, here):
    def put(event_id: str, note: str = "seen", query: str = ""):
        answer = client.put(f"{here}/{event_id}/acknowledgement{query}", json={"note": note})
        assert answer.status_code == 200, answer.text
        return answer.json

    return put


def test_an_acknowledgement_is_told_with_the_event_who_made_it_and_when(record, client, here):
    record(high(30, 31))
    answer = client.put(f"{here}/20260301T003000Z/acknowledgement", json=NOTE)
    assert (answer.status_code, answer.json["id"], answer.json["points"]) == (200, "20260301T003000Z", 2)
    said = answer.json["acknowledgement"]
    assert said == {"note": NOTE["note"], "by": said["by"], "at": said["at"]}
    assert said["by"]
    assert said["at"].endswith("Z")
    assert client.get(here).json["events"] == [answer.json]
    assert client.get(f"{here}/20260301T003000Z").json == answer.json


def test_an_acknowledgement_needs_no_note(record, client, here):
    record(high(30))
    assert client.put(f"{here}/20260301T003000Z/acknowledgement", json={}).json["acknowledgement"]["note"] is None


def test_feedback_says_whether_it_was_a_fault_and_which(record, client, here):
    record(high(30))
    body = {"verdict": "true", "fault_code": "valve-stuck", "note": "Actuator changed."}
    said = client.put(f"{here}/20260301T003000Z/feedback", json=body).json["feedback"]
    assert {name: said[name] for name in body} == body
    said = client.put(f"{here}/20260301T003000Z/feedback", json={"verdict": "unsure"}).json["feedback"]
    assert (said["verdict"], said["fault_code"], said["note"]) == ("unsure", None, None)


def test_acknowledgement_and_feedback_do_not_touch_each_other(record, client, here, acknowledge):
    record(high(30))
    acknowledge("20260301T003000Z")
    client.put(f"{here}/20260301T003000Z/feedback", json={"verdict": "false"})
    assert client.delete(f"{here}/20260301T003000Z/acknowledgement").status_code == 204
    (event,) = client.get(here).json["events"]
    assert (event["acknowledgement"], event["feedback"]["verdict"]) == (None, "false")
    assert client.delete(f"{here}/20260301T003000Z/feedback").status_code == 204
    assert client.get(here).json["events"][0]["feedback"] is None


def test_taking_back_what_nobody_said_changes_nothing(record, client, here):
    record(high(30))
    assert client.delete(f"{here}/20260301T003000Z/feedback").status_code == 204


@pytest.mark.parametrize(
    ("kind", "body", "pointer"),
    [
        ("feedback", {}, "/verdict"),
        ("feedback", {"verdict": "perhaps"}, "/verdict"),
        ("feedback", {"verdict": True}, "/verdict"),
        ("feedback", {"verdict": "true", "fault_code": ""}, "/fault_code"),
        ("feedback", {"verdict": "true", "note": "a\0b"}, "/note"),
        ("acknowledgement", {"note": "x" * 2001}, "/note"),
        ("acknowledgement", {"notes": "x"}, "/notes"),
        ("acknowledgement", {"by": "somebody else"}, "/by"),
    ],
)
def test_a_bad_body_is_named(record, client, here, kind, body, pointer):
    record(high(30))
    sent = {"data": json.dumps(body), "content_type": "application/json"}
    answer = client.put(f"{here}/20260301T003000Z/{kind}", **sent)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("method", ["put", "delete"])
def test_nothing_can_be_said_of_an_event_that_is_not_there(record, client, here, method):
    record(high(30))
    options = {"json": NOTE} if method == "put" else {}
    answer = getattr(client, method)(f"{here}/20260301T020000Z/acknowledgement", **options)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/event-not-found")


def test_nothing_can_be_said_of_a_scheduler_without_a_history_or_of_none(client, upstream, name, here):
    address = f"{here}/20260301T020000Z/acknowledgement"
    assert client.put(address, json=NOTE).json["type"] == "/problems/scheduler-not-found"
    upstream.add_scheduler(name)
    assert client.put(address, json=NOTE).json["type"] == "/problems/event-not-found"
    assert client.delete(address).json["type"] == "/problems/event-not-found"


def test_who_may_only_read_cannot_acknowledge(record, client_of, here):
    record(high(30))
    answer = client_of("default", {"read"}).put(f"{here}/20260301T003000Z/acknowledgement", json=NOTE)
    assert answer.status_code == 403


# What is said belongs to every event that overlaps the interval that the event had when it was said.


def test_it_stays_with_an_event_that_grows(record, acknowledge, acknowledged):
    record(high(30, until=35))
    acknowledge("20260301T003000Z")
    record(dict.fromkeys(range(36, 61), HIGH))
    assert acknowledged() == ["seen"]


@pytest.mark.parametrize("begins", [25, 33])
def test_it_stays_with_an_event_that_begins_a_little_earlier_or_later_when_scored_again(
    record, acknowledge, acknowledged, begins
):
    record(high(*range(30, 41)))
    acknowledge("20260301T003000Z")
    record(high(*range(begins, 41)))
    assert acknowledged() == ["seen"]


def test_it_goes_to_no_other_event(record, acknowledge, acknowledged):
    record(high(30, 90))
    acknowledge("20260301T003000Z")
    assert acknowledged() == [None, "seen"]


def test_it_stays_when_another_gap_cuts_the_event_and_both_parts_have_it(record, acknowledge, acknowledged):
    record(high(30, 40))
    acknowledge("20260301T003000Z")
    assert acknowledged("?max_gap=PT1M") == ["seen", "seen"]


def test_of_two_events_that_have_become_one_the_newest_word_counts(record, acknowledge, acknowledged):
    record(high(30, 60))
    acknowledge("20260301T010000Z", "first")
    acknowledge("20260301T003000Z", "second")
    assert acknowledged() == ["first", "second"]
    assert acknowledged("?max_gap=PT1H") == ["second"]
    acknowledge("20260301T003000Z", "third", "?max_gap=PT1H")
    assert acknowledged() == ["third", "third"]


def test_it_is_there_again_when_the_event_is(record, acknowledge, acknowledged):
    record(high(30))
    acknowledge("20260301T003000Z")
    record(high(until=60))
    assert acknowledged() == []
    record(high(30))
    assert acknowledged() == ["seen"]


def test_taking_it_back_takes_back_all_that_was_said_of_the_event(record, client, here, acknowledge, acknowledged):
    record(high(30, 60))
    acknowledge("20260301T003000Z")
    acknowledge("20260301T010000Z")
    client.delete(f"{here}/20260301T003000Z/acknowledgement?max_gap=PT1H")
    assert acknowledged() == [None, None]


@pytest.mark.parametrize(("wanted", "found"), [("true", ["00:30"]), ("false", ["01:30"])])
def test_events_can_be_asked_for_by_whether_they_are_acknowledged(record, client, here, acknowledge, wanted, found):
    record(high(30, 90))
    acknowledge("20260301T003000Z")
    client.put(f"{here}/20260301T013000Z/feedback", json={"verdict": "false"})
    events = client.get(f"{here}?acknowledged={wanted}").json["events"]
    assert [one["start_time"][11:16] for one in events] == found


def test_the_upstream_is_not_needed_to_say_something(record, upstream, acknowledge):
    record(high(30))
    upstream.away = True
    assert acknowledge("20260301T003000Z")["acknowledgement"]["note"] == "seen"


def test_a_scheduler_created_again_under_its_name_has_none_of_it(record, client, here, acknowledge, upstream, name):
    record(high(30))
    acknowledge("20260301T003000Z")
    upstream.add_scheduler(name, InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/2")
    assert client.get(here).json["events"] == []
