"""Result objects -> our store: each once, again when it changed, whatever happens to the upstream afterwards."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from service.facade.problems import UpstreamTimeout
from service.facade.usecases import collecting as collecting_use_cases
from service.facade.usecases import result_objects
from service.facade.usecases.collecting import collect_due, collect_everything, collect_last, collect_now

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def objects_read(monkeypatch) -> list[str]:
    """Keys of the result objects that were fetched."""
    keys: list[str] = []
    find = result_objects.find_object
    monkeypatch.setattr(
        result_objects, "find_object", lambda client, bucket, key: keys.append(key) or find(client, bucket, key)
    )
    return keys


def test_the_periodic_pass_collects_every_scheduler(plant, resources, upstream, times):
    plant.score(0)
    plant.score(1)
    collect_everything(resources)
    upstream.away = True
    assert times() == [f"00:{minute:02}" for minute in range(1, 11)]


def test_a_pass_that_takes_long_is_not_joined_by_the_next(plant, resources, upstream):
    plant.score(0)
    with resources.database.claim("collecting", "everything"):
        collect_everything(resources)
    assert upstream.calls == []


def test_a_result_is_read_once(plant, resources, objects_read):
    plant.score(0)
    for _ in range(3):
        collect_everything(resources)
    plant.score(1)
    collect_everything(resources)
    assert [key[4:20] for key in objects_read] == ["2026-03-01T00:00", "2026-03-01T00:05"]


def test_a_result_that_was_overwritten_replaces_its_rows(plant, resources, read):
    plant.score(0, score=0.1)
    plant.score(1, score=0.1)
    collect_everything(resources)
    plant.score(0, score=0.9, rows=3)
    rows = read().json["predictions"]
    assert [row["anomaly_score"] for row in rows] == [0.9] * 3 + [0.1] * 5


def test_what_is_new_is_collected_before_it_is_read(plant, times):
    assert times() == []
    plant.score(0, rows=1)
    assert times() == ["00:01"]
    plant.score(1, rows=1)
    assert times() == ["00:01", "00:06"]


def test_a_window_that_an_engine_catches_up_on_late_is_found(plant, resources, times):
    plant.score(200, rows=1)
    collect_everything(resources)
    plant.score(3, rows=1)
    collect_everything(resources)
    assert times() == ["00:16", "16:41"]


def test_once_a_day_everything_is_compared(plant, resources, upstream, times):
    plant.score(3000, rows=1)
    collect_everything(resources)
    plant.score(0, rows=1)  # ten days before
    collect_everything(resources)
    tomorrow = resources.clock() + timedelta(hours=25)
    before = len(times())
    collect_everything(replace(resources, clock=lambda: tomorrow))
    assert (before, len(times())) == (1, 2)


def test_the_range_of_a_replay_is_collected_while_it_runs_and_once_more_when_it_has_ended(
    plant, resources, client, name, upstream, times
):
    plant.score(3000, rows=1)
    collect_everything(resources)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    client.post(f"/v1/schedulers/{name}/replays", json=body)
    plant.score(0, rows=1)
    assert times()[:-1] == ["00:01"]
    plant.score(11, rows=1)
    upstream.end_replay("SUCCESS")
    assert times()[:-1] == ["00:01", "00:56"]
    plant.score(5, rows=1)  # nobody says that windows so old change now
    assert times()[:-1] == ["00:01", "00:56"]


def test_an_unreadable_result_is_remembered_and_keeps_nothing_else_waiting(plant, resources, times, objects_read):
    plant.write(0, b"this is no result\n")
    plant.score(1, rows=1)
    assert times() == ["00:06"]
    assert times() == ["00:06"]
    assert len(objects_read) == 2
    plant.score(0, rows=1)
    assert times() == ["00:01", "00:06"]


def test_a_result_that_was_deleted_keeps_its_predictions(plant, s3, bucket, times):
    plant.score(0, rows=1)
    plant.score(1, rows=1)
    assert len(times()) == 2
    s3.delete_object(Bucket=bucket, Key="out/2026-03-01T00:00:00Z/results.jsonl")
    assert len(times()) == 2


def test_failed_and_running_executions_have_nothing_to_collect(plant, upstream, name, times):
    upstream.add_execution(name, 1772323200, "FAILED", "Could not find data file")
    upstream.add_execution(name, 1772323500, "IN_PROGRESS")
    assert times() == []


def test_a_scheduler_created_again_under_its_name_has_a_history_of_its_own(plant, resources, upstream, name, times):
    plant.score(0, rows=1)
    assert len(times()) == 1
    upstream.add_scheduler(name, InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/2")
    plant.executions.clear()
    assert times() == []


def test_a_deleted_scheduler_keeps_its_history_to_the_last(plant, client, upstream, name, read):
    plant.score(0, rows=1)
    upstream.schedulers[name]["Status"] = "STOPPED"
    assert client.delete(f"/v1/schedulers/{name}").status_code == 204
    answer = read().json
    assert (len(answer["predictions"]), answer["warning"]) == (1, None)


def test_deleting_goes_on_when_the_last_results_cannot_be_collected(plant, resources, client, upstream, name):
    upstream.schedulers[name]["Status"] = "STOPPED"
    upstream.refuse("ListInferenceExecutions", "InternalServerException")
    collect_last(resources, name)
    assert client.delete(f"/v1/schedulers/{name}").status_code == 204


def test_rows_that_were_scored_under_another_frequency_are_replaced_by_the_newer(plant, read):
    plant.score(0, score=0.1)
    assert len(read().json["predictions"]) == 5
    plant.score(1, score=0.9, rows=0)  # a window that begins elsewhere and holds the same minute
    lines = b'{"timestamp": "2026-03-01T00:03:00.000000", "prediction": 1, "anomaly_score": 0.9}\n'
    plant.write(1, lines)
    assert [row["anomaly_score"] for row in read().json["predictions"]] == [0.1, 0.1, 0.9, 0.1, 0.1]


def test_collecting_stops_when_the_time_is_up_and_goes_on_next_time(plant, resources, name, times, monkeypatch):
    for number in range(40):
        plant.score(number, rows=1)
    monkeypatch.setattr(result_objects, "_AT_ONCE", 8)
    with pytest.raises(UpstreamTimeout):
        collect_now(resources, name, seconds=0)
    assert len(times()) == 40


def test_many_readers_at_once_collect_each_result_once(plant, resources, name, objects_read):
    for number in range(20):
        plant.score(number, rows=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: collect_now(resources, name), range(8)))
    assert len(objects_read) == 20


def test_readers_that_wait_for_each_other_share_a_pass(plant, resources, name, upstream):
    plant.score(0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: collect_now(resources, name), range(8)))
    assert upstream.calls.count("ListInferenceExecutions") < 8


def test_one_scheduler_that_fails_does_not_keep_the_others_waiting(plant, resources, upstream, name, s3, times):
    upstream.add_scheduler(f"a-{name}")
    upstream.executions[f"a-{name}"] = [
        {
            "ScheduledStartTime": 300,
            "DataStartTime": 0,
            "DataEndTime": 300,
            "Status": "SUCCESS",
            "CustomerResultObject": {"Bucket": "no-such-bucket", "Key": "out/x/results.jsonl"},
        }
    ]
    plant.score(0, rows=1)
    collect_everything(resources)
    upstream.away = True
    assert times() == ["00:01"]


def test_a_result_that_may_not_be_read_keeps_no_other_from_being_collected(plant, read):
    plant.score(0, rows=1)
    plant.score(1, rows=1)
    plant.executions[-1]["CustomerResultObject"]["Bucket"] = "no-such-bucket"
    answer = read().json
    assert [row["timestamp"][11:16] for row in answer["predictions"]] == ["00:06"]
    assert "s3://no-such-bucket/out/" in answer["warning"]


def at(resources, minutes: float):
    """The same, so many minutes after midnight."""
    return replace(resources, clock=lambda: START + timedelta(minutes=minutes))


def test_a_result_that_is_due_is_collected_and_others_are_not_looked_at(plant, resources, upstream, name, read):
    plant.score(0, rows=1)
    upstream.add_scheduler(f"b-{name}", "STOPPED", InferenceSchedulerArn=f"arn:{name}/b")
    collect_everything(at(resources, 9))
    plant.score(1, rows=1)
    upstream.calls.clear()
    for minutes, calls in ((9.9, 0), (10.1, 1), (10.2, 0), (14, 0), (15.1, 1)):
        collect_due(at(resources, minutes))
        assert upstream.calls.count("ListInferenceExecutions") == calls, minutes
        upstream.calls.clear()
    upstream.away = True
    assert len(read().json["predictions"]) == 2


def test_who_is_due_takes_one_list_however_many_there_are(plant, resources, upstream, name):
    for number in range(30):
        upstream.add_scheduler(f"{name}-{number}", InferenceSchedulerArn=f"arn:{name}/{number}")
    collect_everything(at(resources, 3))
    collect_due(at(resources, 3))  # the schedulers of other tests are gone, and looked for by name once
    upstream.calls.clear()
    collect_due(at(resources, 4))
    assert upstream.calls == ["ListInferenceSchedulers"]


def test_a_scheduler_that_replays_is_looked_at_all_the_time(plant, resources, client, name, upstream):
    plant.score(3000, rows=1)
    collect_everything(resources)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    client.post(f"/v1/schedulers/{name}/replays", json=body)
    plant.score(3, rows=1)
    later = resources.clock() + timedelta(seconds=20)
    collect_due(replace(resources, clock=lambda: later))
    upstream.away = True
    assert len(client.get(f"/v1/schedulers/{name}/predictions").json["predictions"]) == 2


def test_a_scheduler_that_hangs_does_not_delay_those_that_are_due(plant, resources, upstream, name, monkeypatch):
    upstream.add_scheduler(f"a-{name}", InferenceSchedulerArn=f"arn:{name}/a")
    plant.score(0, rows=1)
    collect_everything(at(resources, 9))
    plant.score(1, rows=1)
    collected, collect = Event(), collecting_use_cases.collect

    def hanging(resources, followed, *rest, **options):
        if followed.inference_scheduler_name == f"a-{name}":
            assert collected.wait(20)
        collect(resources, followed, *rest, **options)
        if followed.inference_scheduler_name == name:
            collected.set()

    monkeypatch.setattr(collecting_use_cases, "collect", hanging)
    collect_due(at(resources, 10.1))
    assert collected.is_set()
