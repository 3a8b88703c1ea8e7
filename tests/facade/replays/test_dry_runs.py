"""A replay that is not begun: the windows in its range, and what each would read."""

import pytest
from problem_checks import problem_of

BODY = {"start_time": "2026-03-01T12:00:00Z", "end_time": "2026-03-01T12:15:00Z", "dry_run": True}
NOON = 1772366400


@pytest.fixture
def scheduler(upstream, name, bucket):
    """A scheduler that reads from a bucket of this test."""
    upstream.add_scheduler(name)
    source = upstream.schedulers[name]["DataInputConfiguration"]
    source["S3InputConfiguration"] = {"Bucket": bucket, "Prefix": "in/"}
    return source


@pytest.fixture
def put(s3, bucket):
    def one(name: str) -> None:
        s3.put_object(Bucket=bucket, Key=f"in/{name}", Body=b"Timestamp,flow,power\n")

    return one


@pytest.fixture
def plan(client, name):
    """The answer to a dry run."""
    return lambda **changes: client.post(f"/v1/schedulers/{name}/replays", json=BODY | changes)


def test_every_window_names_the_files_it_would_open(plan, scheduler, put, upstream):
    for file in ("pump_20260301120000.csv", "pump_20260301120230.csv", "pump_20260301121500.csv", "pump_2_1.csv"):
        put(file)

    answer = plan()

    assert answer.status_code == 200
    read = {
        window["data_start_time"][11:16]: [file["key"] for file in window["inputs"][0]["files"]]
        for window in answer.json["windows"]
    }
    assert read == {
        "12:00": ["in/pump_20260301120000.csv", "in/pump_20260301120230.csv"],
        "12:05": ["in/pump_20260301120000.csv", "in/pump_20260301120230.csv", "in/pump_20260301121500.csv"],
        "12:10": ["in/pump_20260301121500.csv"],
    }
    (file, _) = answer.json["windows"][0]["inputs"][0]["files"]
    assert file["size"] == 21
    assert file["last_modified"].endswith("Z")
    assert upstream.replays == {}


def test_what_is_missing_is_named_as_it_should_be_called(plan, scheduler):
    (window, *_) = plan().json["windows"]
    assert window["missing"] == ["pump"]
    assert window["inputs"] == [{"component": "pump", "expected_key": "in/pump_20260301120000.csv", "files": []}]


def test_names_follow_the_scheduler(plan, scheduler, put):
    scheduler["InputTimeZoneOffset"] = "+05:30"
    scheduler["InferenceInputNameConfiguration"] = {
        "TimestampFormat": "yyyy-MM-dd-HH-mm-ss",
        "ComponentTimestampDelimiter": "-",
    }
    put("pump-2026-03-01-17-30-00.csv")
    (window, *_) = plan().json["windows"]
    assert [file["key"] for file in window["inputs"][0]["files"]] == ["in/pump-2026-03-01-17-30-00.csv"]


@pytest.mark.parametrize("existing", ["keep", "overwrite"])
def test_it_is_said_what_becomes_of_results_that_are_there(plan, scheduler, upstream, name, existing):
    upstream.add_execution(name, NOON, "FAILED", "Could not find data file")
    upstream.add_execution(name, NOON + 300)
    windows = plan(existing_results=existing).json["windows"]
    assert [window["action"] for window in windows] == ["score", existing, "score"]
    assert [window["existing_result"] for window in windows] == [
        None,
        {"bucket": "plant", "key": f"out/{NOON + 300}/results.jsonl"},
        None,
    ]


def test_more_windows_than_can_be_listed_say_how_many_can(plan, scheduler):
    problem = problem_of(plan(end_time="2026-03-08T12:00:00Z"), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/end_time"
    assert "288" in problem["detail"]
    assert "2016" in problem["detail"]


@pytest.mark.parametrize("end", ["2026-03-01T12:03:00Z", "2099-03-01T12:00:00Z"])
def test_a_range_that_holds_nothing_to_replay_points_at_its_end(plan, scheduler, end):
    start = "2026-03-01T12:00:00Z" if end.startswith("2026") else "2099-03-01T11:00:00Z"
    problem = problem_of(plan(start_time=start, end_time=end), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == "/end_time"


def test_an_unknown_scheduler_is_a_404(plan):
    problem_of(plan(), 404, "scheduler-not-found")
