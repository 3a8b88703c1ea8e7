"""GET /v1/schedulers/{name}/next-runs"""

from datetime import UTC, datetime

import pytest
from problem_checks import problem_of


def add(upstream, name: str, *status: str, **members) -> None:
    """A scheduler that was made the day before."""
    upstream.add_scheduler(name, *status, **({"CreatedAt": 1772280000.0} | members))


def get(client, name: str, query: str = ""):
    return client.get(f"/v1/schedulers/{name}/next-runs{query}")


def test_a_run_names_its_wake_up_its_window_and_its_files(client, upstream, name):
    add(upstream, name)
    answer = get(client, name, "?count=1")
    assert answer.json == {
        "inference_scheduler_name": name,
        "status": "RUNNING",
        "note": None,
        "next_runs": [
            {
                "wake_time": "2026-03-01T12:05:00Z",
                "data_start_time": "2026-03-01T12:00:00Z",
                "data_end_time": "2026-03-01T12:05:00Z",
                "files": [
                    {
                        "component_name": "pump",
                        "bucket": "plant",
                        "key": "in/pump_20260301120000.csv",
                        "earliest_key": "in/pump_20260301115500.csv",
                        "latest_key": "in/pump_20260301121000.csv",
                        "template": "Timestamp,flow,power\n2026-03-01T12:05:00.000000,0.0,0.0\n",
                    }
                ],
            }
        ],
    }


def test_three_runs_are_told_where_nothing_is_said_and_they_follow_each_other(client, upstream, name):
    add(upstream, name, DataUploadFrequency="PT30M")
    runs = get(client, name).json["next_runs"]
    assert [run["data_start_time"][11:16] for run in runs] == ["12:00", "12:30", "13:00"]


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("STOPPED", "The scheduler is stopped: these would be its runs if it were started now."),
        ("STOPPING", "The scheduler is about to stop: these would be its runs if it were started again now."),
        ("PENDING", "The scheduler is about to start."),
    ],
)
def test_it_is_said_when_a_scheduler_does_not_run(client, upstream, name, status, note):
    add(upstream, name, status)
    assert get(client, name).json["note"] == note


def test_a_wake_up_that_the_delay_puts_off_is_still_to_come_for_one_that_runs_only(client, upstream, name):
    add(upstream, name, DataDelayOffsetInMinutes=7)
    assert get(client, name).json["next_runs"][0]["wake_time"] == "2026-03-01T12:02:00Z"
    upstream.schedulers[name]["Status"] = "STOPPED"
    assert get(client, name).json["next_runs"][0]["wake_time"] == "2026-03-01T12:12:00Z"


def test_windows_that_ended_before_the_scheduler_was_made_are_not_run(client, upstream, name):
    made = datetime(2026, 3, 1, 12, 1, 20, tzinfo=UTC).timestamp()
    add(upstream, name, DataDelayOffsetInMinutes=7, CreatedAt=made)
    assert get(client, name).json["next_runs"][0]["data_end_time"] == "2026-03-01T12:05:00Z"


def test_without_a_model_the_wake_ups_are_told_all_the_same(client, upstream, name):
    add(upstream, name, ModelName="gone")
    answer = get(client, name, "?count=2").json
    assert [run["files"] for run in answer["next_runs"]] == [[], []]
    assert answer["note"] == "The model gone has no schema, so it is not known which files are looked for."


@pytest.mark.parametrize("count", ["0", "49", "many"])
def test_a_count_out_of_bounds_is_refused(client, upstream, name, count):
    add(upstream, name)
    problem_of(get(client, name, f"?count={count}"), 422, "invalid-request")


def test_a_scheduler_that_is_not_there_or_of_another_team_has_no_runs(client, upstream, name):
    problem_of(get(client, name), 404, "scheduler-not-found")
    add(upstream, name, team="others")
    problem_of(get(client, name), 404, "scheduler-not-found")
