"""The column mapping of a scheduler: kept with care, and used by the uploads that come after it."""

import pytest

from service.facade.usecases.upload_work import work_on_uploads

PLANT = (
    b"Kommentar,PLANT1.TAG42,Zeitstempel,PLANT1.TAG43,M1\nok,1,25.01.2026 13:01:00,2,3\nok,4,25.01.2026 13:06:00,5,6\n"
)
MAPPING = {
    "timestamp_column": "Zeitstempel",
    "time_zone": "Europe/Berlin",
    "time_format": "%d.%m.%Y %H:%M:%S",
    "columns": {
        "PLANT1.TAG42": {"component": "pump", "sensor": "flow"},
        "PLANT1.TAG43": {"component": "pump", "sensor": "pressure"},
        "M1": {"component": "motor", "sensor": "speed"},
        "Kommentar": None,
    },
    "unknown_columns": "refuse",
}


@pytest.fixture
def address(scheduler) -> str:
    return f"/v1/schedulers/{scheduler}/column-mapping"


@pytest.fixture
def post(client, scheduler):
    def send(data=PLANT, query=""):
        return client.post(f"/v1/schedulers/{scheduler}/uploads{query}", data=data, content_type="text/csv")

    return send


def test_a_mapping_is_put_shown_replaced_and_removed(client, address):
    assert client.get(address).json["type"] == "/problems/column-mapping-not-found"
    new = client.put(address, json=MAPPING)
    assert (new.status_code, new.json) == (201, MAPPING)
    assert client.get(address).json == MAPPING
    other = client.put(address, json={"columns": {"A": "pump\\flow", "B": "motor/speed", "C": "pressure"}})
    assert other.status_code == 200
    assert other.json["columns"]["C"] == {"component": "pump", "sensor": "pressure"}
    assert (other.json["time_zone"], other.json["unknown_columns"]) == (None, "refuse")
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404


def test_of_two_that_change_it_at_once_one_is_told(client, address):
    assert client.put(address, json=MAPPING, headers={"If-None-Match": "*"}).status_code == 201
    assert client.put(address, json=MAPPING, headers={"If-None-Match": "*"}).status_code == 412
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.put(address, json={}, headers={"If-Match": tag}).status_code == 200
    assert client.put(address, json=MAPPING, headers={"If-Match": tag}).status_code == 412
    assert client.delete(address, headers={"If-Match": tag}).status_code == 412
    assert client.get(address).json["columns"] == {}


def test_each_team_has_its_own(client, client_of, address):
    client.put(address, json=MAPPING)
    assert client_of("b", ("read", "operate")).get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"columns": {"A/B": "pump\\flaw"}}, "/columns/A~1B", "no sensor 'pump\\flaw'. Did you mean pump\\flow"),
        ({"columns": {"A": {"component": "pmp", "sensor": "flow"}}}, "/columns/A", "no sensor 'pmp\\flow'"),
        ({"columns": {"A": 3}}, "/columns/A", "or null to ignore the column"),
        ({"columns": {"A": {"component": "pump"}}}, "/columns/A", "or null to ignore the column"),
        ({"time_zone": "Europe/Berlino"}, "/time_zone", "is no time zone"),
        ({"time_format": "%H"}, "/time_format", "does not say year"),
        ({"timestamp_column": "M1"}, "/timestamp_column", "cannot be the time and a sensor"),
        ({"unknown_columns": "keep"}, "/unknown_columns", "Must be one of"),
        ({"columns": {"a\0b": None}}, "/columns/a", "no control characters"),
        ({"time_format": "%d.%m.%Y %H:%M\0"}, "/time_format", "no control characters"),
        ({"timezone": "UTC"}, "/timezone", "did you mean 'time_zone'"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_place(client, address, change, pointer, said):
    answer = client.put(address, json=MAPPING | change)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-request")
    (item,) = answer.json["errors"]
    assert item["pointer"].startswith(pointer)
    assert said in item["detail"]
    assert client.get(address).status_code == 404


def test_a_mapping_for_a_scheduler_that_is_not_there_is_refused(client):
    assert client.put("/v1/schedulers/nobody/column-mapping", json=MAPPING).status_code == 404


def test_an_upload_is_read_by_the_mapping(client, address, post, resources, scheduler, input_files):
    client.put(address, json=MAPPING)
    upload = post()
    assert upload.status_code == 202, upload.json
    work_on_uploads(resources, scheduler)
    assert input_files()["pump_20260125120000.csv"] == ("Timestamp,flow,pressure\n2026-01-25T12:01:00.000000,1.0,2.0\n")
    (report,) = client.get(upload.headers["Location"]).json["files"]
    assert report["ignored_columns"] == ["Kommentar"]
    assert (report["time_zone"], report["time_zone_from"]) == ("Europe/Berlin", "mapping")
    assert (report["time_format"], report["time_format_from"]) == ("%d.%m.%Y %H:%M:%S", "mapping")


def test_what_the_request_says_comes_before_the_mapping(client, address, post, resources, scheduler, input_files):
    client.put(address, json=MAPPING)
    upload = post(
        PLANT.replace(b"25.01.2026", b"2026-01-25"), "?time_zone=UTC&time_format=%25Y-%25m-%25d+%25H:%25M:%25S"
    )
    assert upload.status_code == 202, upload.json
    work_on_uploads(resources, scheduler)
    assert "pump_20260125130000.csv" in input_files()
    (report,) = client.get(upload.headers["Location"]).json["files"]
    assert (report["time_zone_from"], report["time_format_from"]) == ("given", "given")


def test_an_upload_keeps_the_mapping_that_it_was_accepted_with(
    client, address, post, resources, scheduler, input_files
):
    client.put(address, json=MAPPING)
    post()
    client.delete(address)
    work_on_uploads(resources, scheduler)
    assert len(input_files()) == 4


def test_columns_that_nobody_knows_are_refused_or_ignored(client, address, post, resources, scheduler):
    table = b"t,M1,extra,speedd\n2026-01-25T13:01:00,1,2,3\n"
    only = MAPPING | {"timestamp_column": None, "time_format": None}
    client.put(address, json=only)
    refused = post(table)
    assert [item["column"] for item in refused.json["errors"]] == ["extra", "speedd"]
    client.put(address, json=only | {"unknown_columns": "ignore"})
    upload = post(table)
    work_on_uploads(resources, scheduler)
    assert client.get(upload.headers["Location"]).json["files"][0]["ignored_columns"] == ["extra", "speedd"]


def test_a_table_without_the_time_column_of_the_mapping_is_told_so(client, address, post):
    client.put(address, json=MAPPING)
    answer = post(b"t,M1\n2026-01-25T13:01:00,1\n")
    assert "no column 'Zeitstempel', which the column mapping names as the time" in answer.json["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"), [("?time_zone=Mars/Olympus", "time_zone"), ("?time_format=%25H", "time_format")]
)
def test_a_time_zone_or_format_that_does_not_exist_is_refused(post, query, parameter):
    answer = post(query=query)
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, parameter)


def test_what_is_odd_in_a_file_is_counted_and_its_first_rows_named(client, post, resources, scheduler):
    rows = ["00:01,1", "00:02,2", "00:02,3", "00:03,", "00:04,4", "00:14,5", "00:13,6", "00:15,7"]
    upload = post(b"t,speed\n" + "".join(f"2026-01-01 {row}\n" for row in rows).encode())
    work_on_uploads(resources, scheduler)
    (report,) = client.get(upload.headers["Location"]).json["files"]
    counts = ("rows", "duplicate_timestamps", "out_of_order_rows", "gaps", "rows_without_values")
    assert [report[name] for name in counts] == [8, 1, 1, 2, 1]
    assert report["findings"] == [
        {"kind": "duplicate_timestamp", "row": 4, "timestamp": "2026-01-01T00:02:00Z", "seconds": None},
        {"kind": "empty_row", "row": 5, "timestamp": "2026-01-01T00:03:00Z", "seconds": None},
        {"kind": "gap", "row": 7, "timestamp": "2026-01-01T00:14:00Z", "seconds": 600.0},
        {"kind": "out_of_order", "row": 8, "timestamp": "2026-01-01T00:13:00Z", "seconds": 60.0},
        {"kind": "gap", "row": 9, "timestamp": "2026-01-01T00:15:00Z", "seconds": 120.0},
    ]
