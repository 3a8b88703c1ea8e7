"""GET predictions: ranges, filters, pages, JSON and CSV, and answers while neighbours are away."""

import csv
from io import StringIO

import pytest

from service.facade.usecases import predictions as reading


def table(answer) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.text)))


def test_a_prediction_has_its_score_and_contributions_the_largest_first(plant, read):
    plant.score(0, 0.72385, (0.02346, 0.9, 0.07654), rows=1)
    answer = read()
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == {
        "predictions": [
            {
                "timestamp": "2026-03-01T00:01:00Z",
                "prediction": 1,
                "prediction_reason": "ANOMALY_DETECTED",
                "anomaly_score": 0.72385,
                "diagnostics": [
                    {"name": "pump\\power", "component": "pump", "sensor": "power", "value": 0.9},
                    {"name": "motor\\speed", "component": "motor", "sensor": "speed", "value": 0.07654},
                    {"name": "pump\\flow", "component": "pump", "sensor": "flow", "value": 0.02346},
                ],
            }
        ],
        "next": None,
        "recorded_after": answer.headers["Recorded-After"],
        "bucket_width": None,
        "warning": None,
    }


def test_a_machine_that_is_off_has_neither_score_nor_contributions(plant, read):
    line = b'{"timestamp":"2026-03-01T00:01:00.000000","prediction":0,"prediction_reason":"MACHINE_OFF"}\n'
    plant.write(0, line)
    (row,) = read().json["predictions"]
    assert (row["prediction_reason"], row["anomaly_score"], row["diagnostics"]) == ("MACHINE_OFF", None, [])
    assert table(read(Accept="text/csv"))[1] == ["2026-03-01T00:01:00Z", "0", "MACHINE_OFF", ""]


@pytest.mark.parametrize(
    ("query", "minutes"),
    [
        ("?start_time=2026-03-01T00:05:00Z&end_time=2026-03-01T00:07:00Z", ["00:06", "00:07"]),
        ("?start_time=2026-03-01T01:07:30%2B01:00", ["00:08", "00:09", "00:10"]),
        ("?end_time=2026-03-01T00:02:00", ["00:01", "00:02"]),
        ("?min_score=0.9", ["00:06", "00:07", "00:08", "00:09", "00:10"]),
        ("?min_score=0.900001", []),
        ("?only=anomalies&end_time=2026-03-01T00:06:00Z", ["00:06"]),
    ],
)
def test_a_range_is_open_at_its_start_as_a_window_is_and_filters_narrow_it(plant, times, query, minutes):
    plant.score(0, 0.1)
    plant.score(1, 0.9)
    assert times(query) == minutes


@pytest.mark.parametrize(("most", "names"), [(0, []), (1, ["pump\\flow"]), (2, ["pump\\flow", "pump\\power"])])
def test_only_so_many_contributors_as_asked_for_are_told(plant, read, most, names):
    plant.score(0)
    row = read(f"?contributors={most}").json["predictions"][0]
    assert [entry["name"] for entry in row["diagnostics"]] == names


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 11])
def test_pages_follow_each_other_without_gap_or_repetition(plant, read, client, limit):
    for number in range(2):
        plant.score(number)
    seen, address, pages = [], f"?limit={limit}", 0
    answer = read(address)
    while True:
        pages += 1
        seen += [row["timestamp"][14:16] for row in answer.json["predictions"]]
        if (following := answer.json["next"]) is None:
            break
        assert answer.headers["Link"] == f'<{following}>; rel="next"'
        answer = client.get(following)
    assert seen == [f"{minute:02}" for minute in range(1, 11)]
    assert pages == -(-10 // limit)


def test_a_page_is_the_same_however_many_rows_are_read_at_once(plant, read, monkeypatch):
    for number in range(3):
        plant.score(number)
    at_once = [read("?limit=13").json["predictions"], read().json["predictions"], table(read(Accept="text/csv"))]
    monkeypatch.setattr(reading, "_BATCH_ROWS", (4, 4))
    assert [
        read("?limit=13").json["predictions"],
        read().json["predictions"],
        table(read(Accept="text/csv")),
    ] == at_once
    assert [len(rows) for rows in at_once] == [13, 15, 16]


def test_a_filter_holds_over_all_pages(plant, read, client):
    for number in range(4):
        plant.score(number, 0.9 if number % 2 else 0.1, rows=2)
    first = read("?only=anomalies&limit=3").json
    rest = client.get(first["next"]).json
    minutes = [row["timestamp"][14:16] for row in first["predictions"] + rest["predictions"]]
    assert (minutes, rest["next"]) == (["06", "07", "16", "17"], None)


def test_csv_is_a_table_with_a_column_for_each_sensor(plant, read):
    plant.score(0, 0.9, (0.1, 0.7, 0.2), rows=1)
    plant.score(1, 0.9, (0.1, 0.7, 0.2), rows=1)
    answer = read("?contributors=2", Accept="text/csv")
    assert answer.mimetype == "text/csv"
    assert table(answer) == [
        ["timestamp", "prediction", "prediction_reason", "anomaly_score", "pump\\flow", "pump\\power", "motor\\speed"],
        ["2026-03-01T00:01:00Z", "1", "ANOMALY_DETECTED", "0.9", "", "0.7", "0.2"],
        ["2026-03-01T00:06:00Z", "1", "ANOMALY_DETECTED", "0.9", "", "0.7", "0.2"],
    ]


def test_csv_without_a_limit_has_all_rows_and_with_one_a_link_to_the_next(plant, read, client):
    for number in range(3):
        plant.score(number)
    assert len(table(read(Accept="text/csv"))) == 16
    page = read("?limit=10", Accept="text/csv")
    following = page.headers["Link"].split(">")[0].strip("<")
    assert len(table(page)) == 11
    assert len(table(client.get(following, headers={"Accept": "text/csv"}))) == 6


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/json;q=0.5,text/csv", "text/csv"),
    ],
)
def test_the_format_follows_the_accept_header(plant, read, accept, kind):
    assert read(Accept=accept).mimetype == kind


def test_a_format_that_cannot_be_had_is_refused(plant, read):
    answer = read(Accept="application/xml")
    assert (answer.status_code, answer.json["type"]) == (406, "/problems/not-acceptable")


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("?start_time=2026-03-02T00:00:00Z&end_time=2026-03-01T00:00:00Z", "end_time", "later than start_time"),
        ("?start_time=2026-03-01T00:00:00Z&end_time=2026-03-01T00:00:00Z", "end_time", "later than start_time"),
        ("?start_time=soon", "start_time", "ISO 8601"),
        ("?end_time=2026-02-30T00:00:00Z", "end_time", "ISO 8601"),
        ("?min_score=1.5", "min_score", ""),
        ("?min_score=nan", "min_score", ""),
        ("?only=normal", "only", "anomalies"),
        ("?contributors=-1", "contributors", ""),
        ("?limit=0", "limit", ""),
        ("?limit=10001", "limit", ""),
        ("?contributers=1", "contributers", "did you mean 'contributors'"),
    ],
)
def test_a_bad_parameter_is_named(plant, read, query, parameter, said):
    answer = read(query)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["type"] == "/problems/invalid-request"
    (item,) = answer.json["errors"]
    assert item["parameter"] == parameter
    assert said in item["detail"]


def test_a_cursor_that_was_not_made_here_or_for_other_filters_is_refused(plant, read, client, upstream, name):
    plant.score(0)
    following = read("?limit=2").json["next"]
    cursor = following.partition("cursor=")[2]
    upstream.add_scheduler(f"{name}-other")
    for address in (
        f"/v1/schedulers/{name}/predictions?cursor=nonsense",
        f"{following}&min_score=0.1",
        f"/v1/schedulers/{name}-other/predictions?limit=2&cursor={cursor}",
        f"/v1/schedulers/{name}/executions?cursor={cursor}",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/bad-cursor")
        assert answer.json["errors"][0]["parameter"] == "cursor"


def test_an_unknown_scheduler_is_not_found(client):
    answer = client.get("/v1/schedulers/nobody/predictions")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/scheduler-not-found")


def test_while_the_upstream_is_away_the_store_answers_with_a_warning(plant, read, upstream):
    plant.score(0)
    assert len(read().json["predictions"]) == 5
    upstream.away = True
    answer = read()
    assert len(answer.json["predictions"]) == 5
    assert "newest predictions may be missing" in answer.json["warning"]
    assert answer.headers["Warning"].startswith('111 - "The newest predictions may be missing')
    assert "Warning" in read(Accept="text/csv").headers


def test_a_scheduler_nobody_has_seen_yet_cannot_be_read_while_the_upstream_is_away(plant, read, upstream):
    upstream.away = True
    assert read().status_code == 503


def test_predictions_need_no_queue_and_no_cache(plant, read, queue, resources, monkeypatch):
    plant.score(0)
    queue.away = True

    def gone(*_, **__):
        raise ConnectionError("the test has taken Redis away")

    monkeypatch.setattr(resources.cache.client, "execute_command", gone)
    assert len(read().json["predictions"]) == 5
