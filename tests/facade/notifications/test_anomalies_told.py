"""An anomaly is told of once when it begins and once when it has ended, however its rows came."""

from service.facade.domain.notifications import document
from service.facade.usecases.anomalies import sweep_anomalies

CALM = dict.fromkeys(range(1, 6), 0.1)


def rows(first: int, last: int, score: float) -> dict[int, float]:
    return dict.fromkeys(range(first, last + 1), score)


def test_an_anomaly_that_begins_is_told_with_its_peak_and_its_contributors(plant):
    plant.at(5).score(CALM).look()

    assert plant.at(10).score(rows(6, 7, 0.2) | {8: 0.7, 9: 0.9, 10: 0.8}).look() == ["anomaly.opened"]

    told = document(plant.feed()[0])
    assert told["timestamp"] == "2026-03-01T12:08:00Z"
    assert told["data"] == {
        "inference_scheduler_name": plant.name,
        "event_id": "20260301T120800Z",
        "start_time": "2026-03-01T12:08:00Z",
        "peak_score": 0.9,
        "peak_time": "2026-03-01T12:09:00Z",
        "diagnostics": [
            {"name": "pump\\flow", "component": "pump", "sensor": "flow", "value": 0.5},
            {"name": "pump\\power", "component": "pump", "sensor": "power", "value": 0.3},
            {"name": "motor\\speed", "component": "motor", "sensor": "speed", "value": 0.2},
        ],
        "event_url": f"/v1/schedulers/{plant.name}/events/20260301T120800Z",
    }


def test_an_anomaly_that_grows_or_is_collected_again_tells_nothing_new(plant):
    plant.at(5).score(rows(1, 5, 0.9))
    assert plant.look() == ["anomaly.opened"]
    assert plant.at(10).score(rows(6, 10, 0.95)).look() == []
    assert plant.score(rows(6, 10, 0.95)).look() == []
    assert plant.look() == []


def test_an_anomaly_is_over_when_the_rows_were_normal_for_longer_than_the_gap(plant):
    plant.at(10).score(rows(1, 5, 0.8) | {6: 0.9} | rows(7, 10, 0.1)).look()
    assert plant.at(20).score(rows(11, 20, 0.1)).look() == []  # another row may still belong to it
    assert plant.at(25).score(rows(21, 25, 0.1)).look() == ["anomaly.closed"]

    told = document(plant.feed()[1])
    assert told["timestamp"] == "2026-03-01T12:06:00Z"
    closed = told["data"]
    assert (closed["start_time"], closed["end_time"]) == ("2026-03-01T12:01:00Z", "2026-03-01T12:06:00Z")
    assert (closed["duration"], closed["points"], closed["peak_score"]) == ("PT5M", 6, 0.9)
    assert closed["mean_score"] == 0.81667
    assert [part["value"] for part in closed["diagnostics"]] == [0.5, 0.3, 0.2]


def test_the_event_that_is_told_of_is_the_one_that_is_shown(plant, owner):
    plant.at(5).score(rows(3, 5, 0.9)).look()
    shown = owner.get(plant.feed()[0].data["event_url"])
    assert shown.json["id"] == plant.feed()[0].data["event_id"]


def test_the_next_anomaly_is_told_of_when_the_last_one_is_over(plant):
    plant.at(5).score(rows(1, 5, 0.9)).look()
    assert plant.at(40).score(rows(6, 35, 0.1) | rows(36, 40, 0.9)).look() == ["anomaly.closed", "anomaly.opened"]


def test_one_that_began_and_ended_between_two_looks_is_told_whole(plant):
    assert plant.at(30).score(rows(1, 2, 0.9) | rows(3, 30, 0.1)).look() == ["anomaly.opened", "anomaly.closed"]


def test_an_anomaly_that_is_gone_when_its_windows_are_scored_again_is_over(plant):
    plant.at(5).score(rows(1, 5, 0.9)).look()
    assert plant.at(6).score(rows(1, 5, 0.1)).look() == ["anomaly.closed"]
    assert plant.feed()[1].data["duration"] == "PT4M"


def test_what_was_there_before_anybody_watched_tells_nothing(plant):
    assert plant.score(rows(-5000, -1, 0.9)).look() == []


def test_an_old_anomaly_that_goes_on_is_told_with_its_first_row_that_is_new(plant):
    plant.score(rows(-30, 0, 0.9)).look()
    assert plant.at(5).score(rows(1, 5, 0.9)).look() == ["anomaly.opened"]
    assert plant.feed()[0].data["start_time"] == "2026-03-01T11:30:00Z"


def test_results_that_come_later_than_an_engine_catches_up_tell_nothing(plant):
    """After an outage of three days an engine, or a worker, brings what belongs to a day."""
    three_days = 3 * 24 * 60
    old, late = rows(101, 105, 0.9), rows(three_days - 600, three_days - 596, 0.9)
    assert plant.at(three_days).score(old | late).look() == ["anomaly.opened"]
    assert plant.feed()[0].data["start_time"] == "2026-03-04T02:00:00Z"


def test_imports_tell_nothing(plant):
    assert plant.at(60).score(rows(1, 5, 0.9), source="s3://archive/results.jsonl").look() == []


def test_the_sweep_finds_what_no_message_told_of(plant):
    plant.at(5).score(rows(1, 5, 0.9))
    sweep_anomalies(plant.resources)
    assert plant.news() == ["anomaly.opened"]


def test_what_a_reader_collects_is_told_of_as_well(plant, resources, queue, s3, bucket, upstream, owner):
    """A collector leaves a message for the worker, whichever process it is in."""
    upstream.add_execution(plant.name, int(plant.now.timestamp()))
    line = '{"timestamp": "2026-03-01T12:01:00.000000", "prediction": 1, "anomaly_score": 0.9, "diagnostics": []}\n'
    place = {"Bucket": bucket, "Key": "out/results.jsonl"}
    s3.put_object(**place, Body=line.encode())
    upstream.executions[plant.name][0]["CustomerResultObject"] = place
    plant.at(6)
    owner.get(f"/v1/schedulers/{plant.name}/predictions")

    assert ("facade.tell_anomalies", str(plant.followed.id)) in queue.take()
    assert plant.look() == ["anomaly.opened"]
