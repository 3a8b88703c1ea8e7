"""What is kept without being told aloud: in maintenance, and what a replay finds."""

import pytest
from problem_checks import problem_of
from watched_plant import at

LACKING = "Could not find data file for sensor pump"


def anomaly(first: int, last: int) -> dict[int, float]:
    return dict.fromkeys(range(first, last + 1), 0.9)


def calm(first: int, last: int) -> dict[int, float]:
    return dict.fromkeys(range(first, last + 1), 0.1)


@pytest.fixture
def maintenance(plant, owner) -> dict:
    """From noon to one o'clock."""
    return plant.plan(owner, "maintenance-windows", start_time=at(0), end_time=at(60), note="New bearings")


def test_in_maintenance_everything_that_alarms_is_muted(plant, upstream, maintenance):
    plant.list_schedulers()
    assert plant.at(30).score(anomaly(1, 5) | calm(6, 30)).look() == [
        "anomaly.opened (maintenance)",
        "anomaly.closed (maintenance)",
    ]
    assert plant.run(LACKING) == ["execution.failed (maintenance)"]
    assert plant.check() == ["scheduler.stale (maintenance)"]
    assert plant.check() == []
    upstream.schedulers[plant.name]["Status"] = "STOPPED"
    assert plant.list_schedulers() == ["scheduler.status_changed (maintenance)"]
    assert plant.feed() == []


def test_what_is_muted_is_shown_to_those_who_ask_and_its_events_stay_visible(plant, owner, maintenance):
    plant.at(5).score(anomaly(1, 5)).look()
    shown = owner.get(f"/v1/schedulers/{plant.name}/events").json["events"]
    assert [event["start_time"] for event in shown] == ["2026-03-01T12:01:00Z"]
    [kept] = owner.get("/v1/notifications?muted=true").json["notifications"]
    assert (kept["type"], kept["muted_by"]) == ("anomaly.opened", "maintenance")
    assert owner.get("/v1/notifications").json["notifications"] == []


def test_an_anomaly_that_outlasts_its_maintenance_is_told_then_and_when_it_is_over(plant, maintenance):
    assert plant.at(60).score(anomaly(50, 59)).look() == ["anomaly.opened (maintenance)"]
    assert plant.at(65).score(anomaly(60, 65)).look() == ["anomaly.opened"]
    assert plant.at(90).score(calm(66, 90)).look() == ["anomaly.closed"]
    assert plant.feed()[0].data["start_time"] == "2026-03-01T12:50:00Z"


def test_failures_and_staleness_that_outlast_maintenance_are_told_then(plant, maintenance):
    plant.list_schedulers()
    assert plant.at(30).run(LACKING, LACKING) == ["execution.failed (maintenance)"]
    assert plant.at(40).check() == ["scheduler.stale (maintenance)"]
    assert plant.at(66).run(LACKING, first=60) == ["execution.failed"]
    assert plant.at(70).check() == []  # three windows after it
    assert plant.at(78).check() == ["scheduler.stale"]
    assert plant.at(500).check() == []


def test_what_was_told_aloud_is_closed_aloud(plant, owner):
    plant.plan(owner, "maintenance-windows", start_time=at(6), end_time=at(60))
    assert plant.at(5).score(anomaly(1, 5)).look() == ["anomaly.opened"]
    assert plant.at(30).score(calm(6, 30)).look() == ["anomaly.closed"]


def test_a_window_that_is_removed_mutes_nothing_more(plant, owner, maintenance):
    assert owner.delete(f"/v1/maintenance-windows/{maintenance['id']}").status_code == 204
    assert plant.at(5).score(anomaly(1, 5)).look() == ["anomaly.opened"]
    problem_of(owner.delete(f"/v1/maintenance-windows/{maintenance['id']}"), 404, "maintenance-window-not-found")


def test_windows_are_listed_page_by_page_and_keep_their_order(plant, owner):
    for hour in range(3):
        plant.plan(owner, "maintenance-windows", start_time=at(60 * hour), end_time=at(60 * hour + 30))
    first = owner.get(f"/v1/schedulers/{plant.name}/maintenance-windows?limit=2").json
    second = owner.get(first["next"]).json
    times = [one["start_time"][11:16] for page in (first, second) for one in page["maintenance_windows"]]
    assert (times, second["next"]) == (["14:00", "13:00", "12:00"], None)


def test_a_window_that_ends_before_it_begins_is_refused(plant, owner):
    backwards = {"start_time": at(60).isoformat(), "end_time": at(0).isoformat()}
    problem = problem_of(
        owner.post(f"/v1/schedulers/{plant.name}/maintenance-windows", json=backwards), 422, "invalid-request"
    )
    assert problem["errors"][0]["pointer"] == "/end_time"


def test_what_a_replay_finds_is_muted_however_old_it_is(plant, owner):
    plant.at(3 * 24 * 60)
    plant.plan(owner, "replays", start_time=at(-600), end_time=at(60))
    assert (
        plant.score(anomaly(1, 5) | anomaly(-300, -296) | calm(6, 60)).look()
        == [
            "anomaly.opened (replay)",
            "anomaly.closed (replay)",
        ]
        * 2
    )


def test_a_replay_that_is_asked_to_notify_tells_what_it_finds(plant, owner):
    plant.at(3 * 24 * 60)
    replay = plant.plan(owner, "replays", start_time=at(-600), end_time=at(60), notify=True)
    assert replay["notify"]
    assert plant.score(anomaly(1, 5) | calm(6, 60)).look() == ["anomaly.opened", "anomaly.closed"]


def test_a_replay_scores_what_was_told_again_and_tells_nothing(plant, owner):
    assert plant.at(30).score(anomaly(1, 5) | calm(6, 30)).look() == ["anomaly.opened", "anomaly.closed"]
    plant.at(40)
    plant.plan(owner, "replays", start_time=at(0), end_time=at(30), notify=True)
    assert plant.at(41).score(anomaly(2, 6) | calm(7, 30)).look() == []


def test_what_runs_on_time_during_a_replay_is_told_aloud(plant, owner, upstream):
    """The replay leaves windows alone that were not due when it began."""
    upstream.schedulers[plant.name]["DataDelayOffsetInMinutes"] = 10
    plant.list_schedulers()
    plant.at(12)
    plant.plan(owner, "replays", start_time=at(-60), end_time=at(10))
    assert plant.at(16).score(anomaly(1, 5)).look() == ["anomaly.opened"]


def test_a_muted_anomaly_that_goes_on_in_rows_of_today_is_told(plant, owner):
    plant.at(12)
    plant.plan(owner, "replays", start_time=at(-60), end_time=at(10))
    assert plant.score(anomaly(6, 10)).look() == ["anomaly.opened (replay)"]
    assert plant.at(15).score(anomaly(11, 15)).look() == ["anomaly.opened"]


def test_data_that_healed_late_are_news(plant, upstream):
    """Nobody asked for that replay: the windows are scored for the first time, a little late."""
    plant.at(60).score(anomaly(1, 5) | calm(6, 60))
    assert plant.look() == ["anomaly.opened", "anomaly.closed"]
