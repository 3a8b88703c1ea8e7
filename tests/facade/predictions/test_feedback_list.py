"""All feedback of a scheduler: for people as JSON, for the next training as its label file."""

import pytest

HIGH, LOW = 0.9, 0.1
VERDICTS = {30: "true", 60: "false", 90: "true"}


@pytest.fixture
def said(record, client, name):
    """Three events a minute long, and feedback on each, the earliest first."""
    record(dict.fromkeys(range(1, 121), LOW) | dict.fromkeys(VERDICTS, HIGH))
    for minute, verdict in VERDICTS.items():
        address = f"/v1/schedulers/{name}/events/20260301T{minute // 60:02}{minute % 60:02}00Z/feedback"
        assert client.put(address, json={"verdict": verdict, "fault_code": f"f{minute}"}).status_code == 200


@pytest.fixture
def feedback(client, name):
    return lambda query="", **headers: client.get(f"/v1/schedulers/{name}/feedback{query}", headers=headers)


@pytest.mark.parametrize(
    ("query", "codes"), [("", ["f90", "f60", "f30"]), ("?verdict=false", ["f60"]), ("?verdict=unsure", [])]
)
def test_what_was_said_last_comes_first(said, feedback, query, codes):
    assert [one["fault_code"] for one in feedback(query).json["feedback"]] == codes


def test_feedback_names_its_event_as_it_was(said, feedback, name, client):
    one = feedback("?verdict=false").json["feedback"][0]
    assert (one["event_id"], one["start_time"], one["end_time"]) == (
        "20260301T010000Z", "2026-03-01T01:00:00Z", "2026-03-01T01:00:00Z"
    )  # fmt: skip
    assert client.get(f"/v1/schedulers/{name}/events/{one['event_id']}").json["feedback"]["at"] == one["at"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_follow_each_other(said, feedback, client, limit):
    seen, answer = [], feedback(f"?limit={limit}").json
    while True:
        seen += [one["fault_code"] for one in answer["feedback"]]
        if answer["next"] is None:
            break
        answer = client.get(answer["next"]).json
    assert seen == ["f90", "f60", "f30"]


def test_faults_are_labels_as_a_training_reads_them(said, feedback):
    answer = feedback(Accept="text/csv")
    assert (answer.mimetype, answer.text) == (
        "text/csv",
        "2026-03-01T01:30:00.000000,2026-03-01T01:30:00.000000\n"
        "2026-03-01T00:30:00.000000,2026-03-01T00:30:00.000000\n",
    )


def test_labels_are_all_there_however_many_are_read_at_once(said, feedback, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.feedback._AT_ONCE", 1)
    assert feedback(Accept="text/csv").text.count("\n") == 2


def test_acknowledgements_are_no_feedback(record, client, name, feedback):
    record({1: HIGH})
    client.put(f"/v1/schedulers/{name}/events/20260301T000100Z/acknowledgement", json={})
    assert feedback().json == {"feedback": [], "next": None}
    assert feedback(Accept="text/csv").text == ""


def test_other_formats_and_cursors_are_refused(said, feedback):
    assert feedback(Accept="application/xml").status_code == 406
    assert feedback("?cursor=x").json["type"] == "/problems/bad-cursor"
    assert feedback("?verdict=perhaps").status_code == 422


@pytest.mark.parametrize("kind", ["application/json", "text/csv"])
def test_a_scheduler_without_a_history_has_none_and_an_unknown_one_is_not_found(feedback, upstream, name, kind):
    assert feedback(Accept=kind).json["type"] == "/problems/scheduler-not-found"
    upstream.add_scheduler(name)
    answer = feedback(Accept=kind)
    assert (answer.status_code, answer.text) == (200, "" if kind == "text/csv" else '{"feedback":[],"next":null}')
