"""GET events: which points are one event, what is told of it, and pages."""

import pytest
from sqlalchemy.event import listen

HIGH, LOW = 0.9, 0.1
DAY = 24 * 60


@pytest.fixture
def events(client, name):
    """GET the events; answers the response."""
    return lambda query="": client.get(f"/v1/schedulers/{name}/events{query}")


@pytest.fixture
def spans(events):
    """Hours and minutes from and to which each event lasts, the newest first."""

    def asked(query: str = "") -> list[str]:
        answer = events(query)
        assert answer.status_code == 200, answer.text
        return [f"{one['start_time'][11:16]}-{one['end_time'][11:16]}" for one in answer.json["events"]]

    return asked


def high(*minutes: int, until: int = 0) -> dict[int, float]:
    """These minutes are anomalous, all others up to the last of them, or `until`, are normal."""
    return dict.fromkeys(range(1, max(*minutes, until, 1) + 1), LOW) | dict.fromkeys(minutes, HIGH)


def test_points_of_several_executions_are_one_event(record, events):
    record(high(*range(3, 13), until=60) | {7: 0.95})
    (event,) = events().json["events"]
    assert event == {
        "id": "20260301T000300Z",
        "start_time": "2026-03-01T00:03:00Z",
        "end_time": "2026-03-01T00:12:00Z",
        "duration": "PT9M",
        "status": "closed",
        "points": 10,
        "peak_score": 0.95,
        "peak_time": "2026-03-01T00:07:00Z",
        "mean_score": 0.905,
        "diagnostics": [
            {"name": "pump\\flow", "component": "pump", "sensor": "flow", "value": 0.5},
            {"name": "pump\\power", "component": "pump", "sensor": "power", "value": 0.3},
            {"name": "motor\\speed", "component": "motor", "sensor": "speed", "value": 0.2},
        ],
        "acknowledgement": None,
        "feedback": None,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["00:40-00:40", "00:03-00:20"]),
        ("?max_gap=PT20M", ["00:03-00:40"]),
        ("?max_gap=PT19M59S", ["00:40-00:40", "00:03-00:20"]),
        ("?max_gap=PT1M", ["00:40-00:40", "00:20-00:20", "00:05-00:05", "00:03-00:03"]),
        ("?max_gap=PT2M", ["00:40-00:40", "00:20-00:20", "00:03-00:05"]),
    ],
)
def test_points_no_further_apart_than_the_gap_are_one_event(record, spans, query, found):
    record(high(3, 5, 20, 40, until=90))
    assert spans(query) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("start_time=2026-03-01T01:05:00Z", ["02:00-02:00", "01:00-01:10"]),
        ("start_time=2026-03-01T01:10:00Z", ["02:00-02:00"]),
        ("end_time=2026-03-01T01:05:00Z", ["01:00-01:10", "00:10-00:20"]),
        ("end_time=2026-03-01T00:59:59Z", ["00:10-00:20"]),
        ("start_time=2026-03-01T01:02:00Z&end_time=2026-03-01T01:03:00Z", ["01:00-01:10"]),
        ("start_time=2026-03-01T00:30:00Z&end_time=2026-03-01T00:40:00Z", []),
        ("start_time=2026-03-02T00:00:00Z", []),
        ("end_time=2026-02-28T00:00:00Z", []),
    ],
)
def test_an_event_that_touches_the_range_is_shown_whole(record, spans, query, found):
    record(high(*range(10, 21), *range(60, 71), 120, until=200))
    assert spans(f"?{query}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("min_duration=PT10M", ["01:00-01:10"]),
        ("min_duration=PT10M0.1S", []),
        ("min_points=2", ["01:00-01:10", "00:10-00:11"]),
        ("min_score=0.95", ["02:00-02:00"]),
        ("status=open", ["02:00-02:00"]),
        ("status=closed", ["01:00-01:10", "00:10-00:11"]),
    ],
)
def test_filters_look_at_whole_events(record, spans, query, found):
    record(high(10, 11, *range(60, 71), 120, until=125) | {120: 0.97})
    assert spans(f"?{query}") == found


def test_the_least_score_there_is_leaves_events_without_scores_out(record, spans):
    record(high(10, until=15))
    record(dict.fromkeys((30, 50, 70), None), prediction=1)
    assert spans("?min_score=0&limit=1&max_gap=PT5M") == ["00:10-00:10"]


def test_an_event_is_open_until_no_anomalous_row_can_belong_to_it_any_more(record, events):
    def status(until: int) -> str:
        record(high(10, until=until))
        return events("?max_gap=PT15M").json["events"][0]["status"]

    assert [status(until) for until in (10, 24, 25)] == ["open", "open", "closed"]


def test_the_default_gap_grows_with_the_pause_between_rows_and_is_said(record, events):
    record(dict.fromkeys(range(60, DAY, 60), HIGH))
    answer = events().json
    assert (answer["max_gap"], len(answer["events"])) == ("PT3H", 1)
    assert len(events("?max_gap=PT59M").json["events"]) == 23


def test_of_rows_a_minute_apart_a_quarter_of_an_hour_is_the_gap(record, events):
    record(high(1, until=30))
    assert events().json["max_gap"] == "PT15M"


def test_only_so_many_contributors_as_asked_for_are_told(record, events):
    record(high(1, 2, until=3))
    names = [
        [one["name"] for one in events(f"?contributors={most}").json["events"][0]["diagnostics"]] for most in (0, 1)
    ]
    assert names == [[], ["pump\\flow"]]


def test_means_count_every_point_that_has_contributions(record, events):
    """A point of a model that does not know a sensor counts as none of it; a point without contributions not at all."""
    record({1: HIGH}, shares=(0.6, 0.4), sensors=("pump\\flow", "pump\\power"))
    record({6: HIGH}, shares=(0.2, 0.8), sensors=("pump\\power", "motor\\speed"))
    record({11: HIGH}, shares=None)
    (event,) = events().json["events"]
    shares = {one["name"]: one["value"] for one in event["diagnostics"]}
    assert shares == {"pump\\flow": 0.3, "pump\\power": 0.3, "motor\\speed": 0.4}
    assert event["points"] == 3


def test_a_model_without_scores_has_events_without_them(record, events):
    record({1: None, 2: None}, prediction=1, shares=None, sensors=())
    (event,) = events().json["events"]
    assert (event["points"], event["peak_score"], event["peak_time"], event["mean_score"]) == (2, None, None, None)
    assert event["diagnostics"] == []


def test_a_scheduler_without_predictions_or_anomalies_has_no_events(plant, record, events):
    assert events().json == {"events": [], "max_gap": "PT15M", "next": None, "warning": None}
    record(high(until=20))
    assert events().json["events"] == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("narrowed", ["", "&min_points=1&status=closed"])
def test_pages_follow_each_other_while_new_events_come(record, client, name, limit, narrowed):
    record(high(*range(30, 241, 30), until=300))
    seen, address = [], f"/v1/schedulers/{name}/events?limit={limit}{narrowed}"
    while address:
        answer = client.get(address)
        seen += [one["start_time"][11:16] for one in answer.json["events"]]
        address = answer.json["next"]
        record({400 + 20 * len(seen): HIGH})
    assert seen == ["04:00", "03:30", "03:00", "02:30", "02:00", "01:30", "01:00", "00:30"]


def test_a_page_keeps_the_gap_of_the_first_when_rows_come_less_often(record, client, events):
    record(high(*range(30, 241, 30), until=300))
    following = events("?limit=2").json["next"]
    record(dict.fromkeys(range(360, 60 * DAY, 60), LOW))
    answer = client.get(following).json
    assert (answer["max_gap"], [one["start_time"][11:16] for one in answer["events"]]) == ("PT15M", ["03:00", "02:30"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("?max_gap=15", "max_gap"),
        ("?max_gap=PT0S", "max_gap"),
        ("?max_gap=P400D", "max_gap"),
        ("?min_duration=-PT5M", "min_duration"),
        ("?min_points=0", "min_points"),
        ("?min_score=2", "min_score"),
        ("?status=over", "status"),
        ("?acknowledged=perhaps", "acknowledged"),
        ("?start_time=2026-03-02T00:00:00Z&end_time=2026-03-01T00:00:00Z", "end_time"),
        ("?cursor=nonsense", "cursor"),
        ("?maxgap=PT5M", "maxgap"),
    ],
)
def test_a_bad_parameter_is_named(plant, events, query, parameter):
    answer = events(query)
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, parameter)


def test_a_cursor_of_other_filters_is_refused(record, events, client):
    record(high(30, 60, until=90))
    following = events("?limit=1").json["next"]
    assert client.get(f"{following}&min_points=2").json["type"] == "/problems/bad-cursor"


def test_while_the_upstream_is_away_the_store_answers_with_a_warning(record, events, upstream, plant):
    record(high(1, until=3))
    assert len(events().json["events"]) == 1
    upstream.away = True
    answer = events().json
    assert (len(answer["events"]), "may be missing" in answer["warning"]) == (1, True)


def test_a_deleted_scheduler_keeps_its_events(record, events, upstream, name):
    record(high(1, until=3))
    del upstream.schedulers[name]
    assert len(events().json["events"]) == 1


def test_another_team_has_no_such_scheduler(record, client_of, name):
    record(high(1, until=3))
    answer = client_of("others", {"read"}).get(f"/v1/schedulers/{name}/events")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/scheduler-not-found")


@pytest.mark.parametrize(("event_id", "found"), [("20260301T003000Z", "003000"), ("20260301T003500Z", "003000")])
def test_an_id_finds_the_event_that_covers_it(record, client, name, event_id, found):
    record(high(*range(30, 41), until=90))
    answer = client.get(f"/v1/schedulers/{name}/events/{event_id}")
    assert (answer.status_code, answer.json["id"], answer.json["points"]) == (200, f"20260301T{found}Z", 11)
    assert answer.headers["ETag"]


@pytest.mark.parametrize(("begins_at", "status"), [(45, 200), (46, 404)])
def test_an_id_finds_the_event_that_now_begins_a_little_later(record, client, name, begins_at, status):
    record(high(begins_at, until=90))
    answer = client.get(f"/v1/schedulers/{name}/events/20260301T003000Z?max_gap=PT15M")
    assert answer.status_code == status


@pytest.mark.parametrize("event_id", ["20260301T120000Z", "soon", "2026-03-01T00:01:00Z", "00010101T000000Z", "2026"])
def test_an_id_that_no_event_has_is_not_found(record, client, name, event_id):
    record(high(1, until=3))
    answer = client.get(f"/v1/schedulers/{name}/events/{event_id}")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/event-not-found")


def test_a_start_with_a_fraction_of_a_second_has_it_in_its_id(plant, client, name):
    line = b'{"timestamp": "2026-03-01T00:01:00.250000", "prediction": 1, "anomaly_score": 0.9}\n'
    plant.write(0, line)
    (event,) = client.get(f"/v1/schedulers/{name}/events").json["events"]
    assert event["id"] == "20260301T000100.250000Z"
    assert client.get(f"/v1/schedulers/{name}/events/{event['id']}").json == event


def test_events_cost_as_many_statements_for_many_as_for_one(record, events, resources):
    sent: list[str] = []
    listen(resources.database.engine, "before_cursor_execute", lambda *a: sent.append(a[2]))
    record(high(30, until=60))
    counts = []
    for _ in range(2):
        sent.clear()
        events()
        counts.append(len(sent))
        record(high(*range(30, 600, 30), until=700))
    assert counts[0] == counts[1]
