"""Executions that fail are told of once for each streak of the same reason."""

from watched_plant import at

LACKING = "Could not find data file for sensor pump"
DENIED = "Access denied to bucket plant"


def test_a_streak_of_failures_is_told_of_with_its_first(plant):
    assert plant.at(6).run(LACKING) == ["execution.failed"]
    assert plant.at(21).run(LACKING, LACKING, LACKING, LACKING) == []

    assert plant.feed()[0].data == {
        "inference_scheduler_name": plant.name,
        "scheduled_start_time": "2026-03-01T12:05:00Z",
        "data_start_time": "2026-03-01T12:00:00Z",
        "data_end_time": "2026-03-01T12:05:00Z",
        "failure_code": "missing_input_file",
        "failed_reason": LACKING,
        "executions_url": f"/v1/schedulers/{plant.name}/executions",
    }


def test_hours_of_failures_are_one_notification(plant):
    assert plant.at(500).run(*[LACKING] * 100) == ["execution.failed"]


def test_another_reason_and_a_failure_after_a_success_are_told_of(plant):
    assert plant.at(11).run(LACKING, DENIED) == ["execution.failed"] * 2
    assert plant.at(16).run(None, first=10) == []
    assert plant.at(21).run(DENIED, first=15) == ["execution.failed"]


def test_failures_of_before_anybody_watched_tell_nothing_until_one_is_new(plant):
    plant.now = at(0)
    assert plant.run(LACKING, LACKING, first=-10) == []
    assert plant.at(5).run(LACKING, first=0) == ["execution.failed"]
    assert plant.at(10).run(LACKING, first=5) == []


def test_failures_that_healed_do_not_make_the_rest_of_their_streak_a_new_one(plant):
    plant.at(26).run(*[LACKING] * 5)
    assert plant.run(None, None, LACKING, LACKING, LACKING) == []
    assert plant.at(31).run(LACKING, first=25) == []


def test_a_page_that_begins_amid_a_streak_tells_nothing_of_it(plant):
    plant.at(31).run(*[LACKING] * 6)
    assert plant.list_runs(newest=3) == []


def test_a_failure_of_an_old_window_that_ends_late_is_told_of(plant):
    """Windows that an engine catches up on end in any order."""
    plant.at(16).run(None, first=10)
    assert plant.at(17).run(LACKING, None, None) == ["execution.failed"]


def test_the_failures_that_collecting_sees_are_told_of(plant, upstream, owner):
    upstream.add_execution(plant.name, int(plant.now.timestamp()), "FAILED", LACKING)
    plant.at(6)
    owner.get(f"/v1/schedulers/{plant.name}/predictions")
    assert plant.news() == ["execution.failed"]
