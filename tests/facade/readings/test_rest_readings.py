"""GET /v1/schedulers/{name}/readings: rows of the input files over a short time, within bounds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hour_of_readings import HOUR, MINUTE, csv
from problem_checks import problem_of

from service.facade.api.base import EXTENSION
from service.facade.usecases import reading_files


def minutes(series):
    return [(time, value) for time, value in zip(series["timestamps"], series["values"], strict=True)]


def test_each_sensor_has_the_rows_of_the_range_open_at_its_start_and_closed_at_its_end(read):
    answer = read(10, 13).json

    assert [one["name"] for one in answer["readings"]] == [
        "pump\\flow", "pump\\power", "motor\\current", "motor\\power",
    ]  # fmt: skip
    assert minutes(answer["readings"][0]) == [
        ("2026-03-01T12:11:00Z", 11.0), ("2026-03-01T12:12:00Z", 12.0), ("2026-03-01T12:13:00Z", 13.0),
    ]  # fmt: skip
    assert (answer["start_time"], answer["end_time"]) == ("2026-03-01T12:10:00Z", "2026-03-01T12:13:00Z")
    assert answer["bucket_width"] is answer["warning"] is None


def test_chosen_sensors_are_answered_in_the_order_of_the_model(read):
    answer = read(0, 5, sensors="motor\\power,flow").json
    assert [(one["component"], one["sensor"]) for one in answer["readings"]] == [("pump", "flow"), ("motor", "power")]
    assert answer["readings"][1]["values"] == [2.0, 4.0, 6.0, 8.0, 10.0]


def test_a_name_that_nothing_has_and_one_that_two_components_have_are_refused(read):
    unknown = problem_of(read(sensors="flov"), 422, "invalid-request")
    assert "did you mean pump\\flow?" in unknown["detail"]
    twice = problem_of(read(sensors="power"), 422, "invalid-request")
    assert "pump\\power, motor\\power" in twice["detail"]


def test_more_readings_than_points_leave_the_lowest_and_the_highest_of_each_piece(read, put):
    spike = csv("pump", HOUR + 30 * MINUTE).replace("12:33:00,33.0", "12:33:00,999.0")
    put("pump", 30, spike)

    answer = read(0, 60, sensors="flow", max_points=12).json
    [flow] = answer["readings"]

    assert answer["bucket_width"] == "PT15M"
    assert len(flow["values"]) <= 12
    assert max(flow["values"]) == 999.0
    assert flow["timestamps"] == sorted(flow["timestamps"])


def test_a_row_that_two_files_have_counts_once_with_the_later_files_value(read, put):
    put("pump", 11, "Timestamp,flow,power\n2026-03-01T12:12:00,-1,\n")

    flow, power = read(10, 13, sensors="pump\\flow,pump\\power").json["readings"]

    assert flow["values"] == [11.0, -1.0, 13.0]
    assert power["values"] == [22.0, 24.0, 26.0]  # an empty cell takes nothing away


def test_cells_without_a_number_are_left_out(read, put):
    put("pump", 10, "Timestamp,flow,power\n2026-03-01T12:11:00,,22\n2026-03-01T12:12:00,broken,24\n")
    flow, power = read(10, 12, sensors="pump\\flow,pump\\power").json["readings"]
    assert (flow["values"], power["values"]) == ([], [22.0, 24.0])


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_shown(read, put):
    put("pump", 10, "nonsense")
    answer = read(5, 15, sensors="flow").json
    assert "in/pump_20260301121000.csv cannot be read: Its header has one column only" in answer["warning"]
    assert answer["readings"][0]["values"] == [6.0, 7.0, 8.0, 9.0, 10.0]


def test_where_nothing_was_written_there_is_an_empty_series(read):
    [flow] = read(600, 660, sensors="flow").json["readings"]
    assert (flow["timestamps"], flow["values"]) == ([], [])


def test_without_times_it_is_the_last_six_hours(client, pump, resources):
    answer = client.get(f"/v1/schedulers/{pump}/readings").json
    assert answer["end_time"] > answer["start_time"]
    assert answer["readings"][0]["values"] == []


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (60, 0, "end_time must be later"),
        (0, 60 * 24 * 365, "Ask for less time, or for sensors of fewer components."),
    ],
)
def test_a_range_that_cannot_be_answered_is_refused_before_s3_is_asked(read, start, end, said, monkeypatch):
    monkeypatch.setattr(reading_files, "list_window_files", lambda *_: pytest.fail("S3 was asked"))
    problem = problem_of(read(start, end), 422, "invalid-request")
    assert said in problem["detail"]
    assert problem["errors"][0]["parameter"] == "end_time"


def test_a_range_with_too_many_bytes_is_refused_before_one_is_read(read, monkeypatch):
    monkeypatch.setattr(reading_files, "MOST_BYTES", 1000)
    monkeypatch.setattr(reading_files, "find_object", lambda *_: pytest.fail("a file was read"))
    assert "files with" in problem_of(read(), 422, "invalid-request")["detail"]


def test_more_sensors_than_an_answer_has_room_for_have_to_be_named(read, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.readings.MOST_SENSORS", 3)
    problem = problem_of(read(), 422, "invalid-request")
    assert problem["detail"] == "The model has 4 sensors; name up to 3 of them."
    assert read(sensors="flow,current").status_code == 200


def test_a_file_that_was_deleted_after_it_was_listed_is_left_out(read, s3, bucket, monkeypatch):
    find = reading_files.find_object

    def delete_first(client, where, key):
        s3.delete_object(Bucket=bucket, Key=f"in/pump_{HOUR + 10 * MINUTE:%Y%m%d%H%M%S}.csv")
        return find(client, where, key)

    monkeypatch.setattr(reading_files, "find_object", delete_first)
    [flow] = read(11, 20, sensors="flow").json["readings"]
    assert flow["values"][-5:] == [16.0, 17.0, 18.0, 19.0, 20.0]


def test_hourly_windows_with_a_row_a_second_stay_within_the_points(client, upstream, pump, put, bucket, s3):
    text = csv("pump", HOUR, rows=3600, step=timedelta(seconds=1))
    put("pump", 0, text)
    for component in ("pump", "motor"):
        for minute in range(5, 60, 5):
            s3.delete_object(Bucket=bucket, Key=f"in/{component}_{HOUR + minute * MINUTE:%Y%m%d%H%M%S}.csv")
    upstream.schedulers[pump]["DataUploadFrequency"] = "PT1H"
    span = {"start_time": HOUR.isoformat(), "end_time": (HOUR + 60 * MINUTE).isoformat()}

    [flow] = client.get(f"/v1/schedulers/{pump}/readings", query_string=span | {"sensors": "flow"}).json["readings"]

    assert 300 < len(flow["values"]) <= 500
    assert (flow["values"][0], flow["values"][-1]) == (pytest.approx(1 / 60), 60.0)


def test_a_scheduler_that_was_put_over_the_data_of_another_team_shows_none_of_them(read, app, resources, bucket):
    theirs = replace(resources.settings, team_buckets=f"fans={bucket}; default=plant")
    app.extensions[EXTENSION] = replace(resources, settings=theirs)
    problem_of(read(), 502, "storage-refused")
    own = replace(resources.settings, team_buckets=f"default={bucket}/in/")
    app.extensions[EXTENSION] = replace(resources, settings=own)
    assert read().status_code == 200
