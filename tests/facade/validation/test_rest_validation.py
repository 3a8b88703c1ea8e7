"""POST /v1/schedulers/{name}/validate"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from problem_checks import problem_of

from service.facade.api.base import EXTENSION
from service.facade.aws.clients import connect_s3


def by_check(answer: dict, status: str | None = None) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for check in answer["checks"]:
        if status in (None, check["status"]):
            found.setdefault(check["check"], []).append(check)
    return found


def test_where_all_is_well_every_check_says_so(validate, feed):
    feed()
    answer = validate()
    assert answer["status"] == "ok", answer["checks"]
    assert (answer["data_start_time"], answer["data_end_time"], answer["windows"]) == (
        "2026-03-01T11:45:00Z", "2026-03-01T12:05:00Z", 4,
    )  # fmt: skip
    assert [check["check"] for check in answer["checks"]] == [
        "scheduler", "model", "input_listed", "output_written", "staging", "files", "quotas", "input_read",
        "columns", "cells", "rows", "row_count", "sampling", "gaps", "sensors",
    ]  # fmt: skip
    assert {check["what_to_do"] for check in answer["checks"]} == {None}


def test_nothing_stays_in_the_output_prefix(validate, feed, s3, bucket):
    feed()
    validate()
    assert not s3.list_objects_v2(Bucket=bucket, Prefix="out/").get("Contents")


def test_what_is_not_due_yet_is_still_to_come(validate, feed, s3, bucket):
    feed()
    s3.delete_object(Bucket=bucket, Key="in/pump_20260301120000.csv")
    s3.delete_object(Bucket=bucket, Key="in/pump_20260301115500.csv")
    [files] = by_check(validate())["files"]
    assert files["status"] == "ok"  # the engine reads the neighbour of the window that was due, and finds no row in it
    [found] = by_check(validate())["rows"]
    assert (found["status"], found["data_start_time"]) == ("failed", "2026-03-01T11:55:00Z")
    assert found["detail"].endswith("The nearest row is at 2026-03-01T11:55:00Z.")


def test_a_new_scheduler_is_not_blamed_for_windows_from_before_its_creation(validate, upstream, name):
    upstream.schedulers[name]["CreatedAt"] = datetime(2026, 3, 1, 11, 57, tzinfo=UTC).timestamp()
    answer = validate()
    assert (answer["windows"], answer["data_start_time"]) == (2, "2026-03-01T11:55:00Z")
    upstream.schedulers[name]["CreatedAt"] = datetime(2026, 3, 1, 12, 1, tzinfo=UTC).timestamp()
    answer = validate()
    assert (answer["windows"], answer["data_start_time"], answer["status"]) == (1, "2026-03-01T12:00:00Z", "ok")


def test_the_windows_can_be_counted_or_given_as_a_span(validate, feed):
    feed()
    assert validate({"windows": 1})["data_start_time"] == "2026-03-01T11:55:00Z"
    span = validate({"start_time": "2026-03-01T11:44:00Z", "end_time": "2026-03-01T11:56:00Z"})
    assert (span["data_start_time"], span["data_end_time"]) == ("2026-03-01T11:45:00Z", "2026-03-01T11:55:00Z")
    long = validate({"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-03-01T12:00:00Z"})
    assert (long["windows"], long["data_start_time"]) == (24, "2026-03-01T10:00:00Z")


@pytest.mark.parametrize(
    "body",
    [
        {"windows": 0},
        {"windows": 25},
        {"start_time": "2026-03-01T11:00:00Z"},
        {"start_time": "2026-03-01T11:00:00Z", "end_time": "2026-03-01T11:00:00Z"},
        {"start_time": "2026-03-01T11:01:00Z", "end_time": "2026-03-01T11:04:00Z"},
        {"window": 3},
    ],
)
def test_windows_that_make_no_sense_are_refused(client, pump, body):
    problem_of(client.post(f"/v1/schedulers/{pump}/validate", json=body), 422, "invalid-request")


def test_only_who_may_operate_may_write_a_probe(client_of, pump):
    problem_of(client_of(scopes=["read"]).post(f"/v1/schedulers/{pump}/validate"), 403, "insufficient-scope")


@pytest.mark.parametrize(
    ("options", "check", "said"),
    [
        (
            {"step": timedelta(minutes=2.5), "minutes": 2},
            "sampling",
            "Rows of pump come every PT2M30S; the rate is PT1M.",
        ),
        ({"power": lambda at: 7}, "sensors", "pump: power do not change."),
        ({"power": lambda at: ""}, "sensors", "pump: power have no value at all."),
        (
            {"flux": lambda at: 1},
            "columns",
            "The model knows nothing of the columns flux of in/pump_",
        ),
    ],
)
def test_what_lets_a_run_succeed_but_score_badly_is_a_warning(validate, feed, options, check, said):
    feed(**options)
    answer = validate()
    assert answer["status"] == "warning", answer["checks"]
    assert list(by_check(answer, "warning")) == [check]
    assert by_check(answer, "warning")[check][0]["detail"].startswith(said)


def test_columns_in_another_order_are_a_warning(validate, feed, s3, bucket):
    feed()
    body = b"Timestamp,power,flow\n2026-03-01T11:46:00,1,2\n2026-03-01T11:50:00,2,3\n"
    s3.put_object(Bucket=bucket, Key="in/pump_20260301114500.csv", Body=body)
    warned = by_check(validate(), "warning")
    assert "stand in another order" in warned["columns"][0]["detail"]
    assert warned["gaps"][0]["detail"] == "Between two rows of pump there are PT4M, from 2026-03-01T11:46:00Z on."


def test_of_many_findings_of_a_kind_twenty_are_listed(validate):
    found = by_check(validate({"start_time": "2026-03-01T10:00:00Z", "end_time": "2026-03-01T12:00:00Z"}))["files"]
    assert len(found) == 21
    assert found[-1]["detail"] == "4 more findings of this kind are not listed."


def test_a_very_large_file_is_not_looked_into(validate, feed, s3, bucket):
    feed()
    key = "in/pump_20260301114500.csv"
    s3.put_object(Bucket=bucket, Key=key, Body=b"Timestamp,flow,power\n" + b"\n" * (2 * 1024**2))
    [found] = by_check(validate(), "warning")["input_read"]
    assert (found["key"], found["detail"]) == (key, "It has 2.0 MB and was not looked into.")


def test_an_engine_that_is_away_is_a_failed_check(client, pump, validate, upstream):
    validate()  # whose the scheduler is, is known for a while
    upstream.away = True
    answer = validate()
    assert (answer["status"], answer["windows"], answer["data_start_time"]) == ("failed", 0, None)
    [check] = answer["checks"]
    assert (check["check"], check["what_to_do"]) == ("scheduler", "Try again when it is back.")


def test_a_model_that_is_gone_or_not_trained_is_a_failed_check(validate, upstream, pump):
    upstream.schedulers[pump]["ModelName"] = "gone"
    assert by_check(validate(), "failed")["model"][0]["detail"] == "There is no model 'gone'."


def test_s3_that_is_away_fails_its_checks_and_nothing_else(client, pump, resources, validate, settings, free_port):
    away = connect_s3(replace(settings, s3_endpoint_url=f"http://127.0.0.1:{free_port()}"))
    app = client.application
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], buckets=replace(resources.buckets, quick=away))
    failed = by_check(validate(), "failed")
    assert set(failed) == {"input_listed", "output_written", "staging"}
    assert {check["what_to_do"] for checks in failed.values() for check in checks} == {"Try again when it is back."}


def test_a_bucket_that_may_not_be_listed_is_said_and_its_files_are_left_alone(validate, upstream, pump):
    upstream.schedulers[pump]["DataInputConfiguration"] = {"S3InputConfiguration": {"Bucket": "nobody-has-this"}}
    answer = validate()
    assert by_check(answer, "failed")["input_listed"][0]["what_to_do"].startswith(
        "Let the service list s3://nobody-has-this/"
    )
    assert by_check(answer, "warning")["files"][0]["detail"].startswith("The input files were not looked at")
