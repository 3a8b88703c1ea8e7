"""/v1/schedulers/{name}/executions"""

import pytest
from problem_checks import problem_of

START = 1772368200  # 2026-03-01T12:30:00Z


def test_executions_come_newest_first_with_every_field(client, name, upstream):
    upstream.add_scheduler(name)
    upstream.add_execution(name, START)
    reason = (
        "Could not find data file for sensor pump within expected range of (2026-03-01T12:35:00Z, 2026-03-01T12:40:00Z]"
    )
    upstream.add_execution(name, START + 300, "FAILED", reason)

    failed, success = client.get(f"/v1/schedulers/{name}/executions").json["executions"]

    assert success == {
        "scheduled_start_time": "2026-03-01T12:35:00Z",
        "data_start_time": "2026-03-01T12:30:00Z",
        "data_end_time": "2026-03-01T12:35:00Z",
        "status": "SUCCESS",
        "failed_reason": None,
        "failure_code": None,
        "customer_result_object": {"bucket": "plant", "key": f"out/{START}/results.jsonl"},
        "model_version": 1,
        "healed": None,
    }
    assert (failed["status"], failed["failed_reason"], failed["failure_code"]) == (
        "FAILED",
        reason,
        "missing_input_file",
    )
    assert failed["customer_result_object"] is None


def test_executions_are_filtered_by_status_and_range(client, name, upstream):
    for number, status in enumerate(["SUCCESS", "FAILED", "SUCCESS", "SUCCESS"]):
        upstream.add_execution(name, START + 300 * number, status, "other" if status == "FAILED" else None)

    page = client.get(
        f"/v1/schedulers/{name}/executions",
        query_string={
            "status": "SUCCESS",
            "data_start_time_after": "2026-03-01T12:30:00Z",
            "data_end_time_before": "2026-03-01T13:50:00+01:00",
        },
    ).json

    assert [one["data_start_time"] for one in page["executions"]] == ["2026-03-01T12:40:00Z"]


def test_next_leads_through_all_executions(client, name, upstream):
    for number in range(7):
        upstream.add_execution(name, START + 300 * number)
    address, seen = f"/v1/schedulers/{name}/executions?limit=3&status=SUCCESS", []

    while address:
        page = client.get(address).json
        seen += [one["data_start_time"] for one in page["executions"]]
        address = page["next"]

    assert len(seen) == 7
    assert seen == sorted(seen, reverse=True)


def test_a_scheduler_without_executions_has_an_empty_list(client, name, upstream):
    upstream.add_scheduler(name)

    assert client.get(f"/v1/schedulers/{name}/executions").json == {"executions": [], "next": None}


def test_a_cursor_of_another_scheduler_is_refused(client, name, upstream):
    for number in range(3):
        upstream.add_execution(name, START + 300 * number)
    cursor = client.get(f"/v1/schedulers/{name}/executions?limit=1").json["next"].rpartition("cursor=")[2]

    problem_of(client.get(f"/v1/schedulers/other/executions?cursor={cursor}"), 422, "bad-cursor")


def test_a_time_without_a_zone_is_utc(client, name, upstream):
    upstream.add_execution(name, START)
    address = f"/v1/schedulers/{name}/executions?data_start_time_after="

    assert len(client.get(f"{address}2026-03-01T12:29:59").json["executions"]) == 1
    assert client.get(f"{address}2026-03-01T12:30:00&limit=1").status_code == 404  # none left, and no such scheduler


@pytest.mark.parametrize("status", ["success", "DONE", ""])
def test_a_status_that_is_none_is_named(client, name, status):
    problem = problem_of(client.get(f"/v1/schedulers/{name}/executions?status={status}"), 422, "invalid-request")

    assert problem["errors"][0]["parameter"] == "status"
