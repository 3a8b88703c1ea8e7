"""A window that lacked data which came later is replayed, once, and the execution says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.facade.problems import DatabaseUnavailable
from service.facade.usecases import healing, replay_work
from service.facade.usecases.healing import heal_everything
from service.facade.usecases.upload_work import work_on_uploads

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("Could not find data file for sensor pump within …", "missing_input_file"),
        ("The files of pump have no row in the window (…]", "no_rows_in_window"),
    ],
)
def test_a_window_that_failed_for_lack_of_data_is_replayed_when_its_file_comes(plant, client, upstream, reason, code):
    plant.fail(3, reason=reason)
    plant.heal()
    assert plant.replayed() == []
    plant.send(3)
    plant.heal()
    assert plant.replayed() == [(3, 3)]
    (replay,) = upstream.replays.values()
    assert replay["ExistingResults"] == "OVERWRITE"
    assert plant.healed(client) == [(code, "queued")]


def test_the_execution_says_how_it_went(plant, client, end_replay):
    plant.fail(3)
    plant.send(3)
    plant.heal()
    end_replay("SUCCESS")
    assert plant.healed(client) == [("missing_input_file", "succeeded")]
    (replay,) = client.get(f"/v1/schedulers/{plant.name}/replays").json["replays"]
    assert (replay["origin"], replay["created_by"]) == ("healing", "healing")


def test_a_window_is_healed_once_whatever_comes_of_it(plant, client, end_replay):
    plant.fail(3)
    plant.send(3)
    plant.heal()
    end_replay("FAILED")
    plant.send(3)
    plant.heal()
    assert plant.replayed() == [(3, 3)]
    assert plant.healed(client) == [("missing_input_file", "failed")]


def test_the_file_of_the_next_window_heals_nothing(plant):
    plant.fail(3)
    plant.send(2, 4)
    plant.heal()
    assert plant.replayed() == []


def test_every_component_must_have_come(plant, upstream, resources, monkeypatch):
    place = healing.input_place
    monkeypatch.setattr(healing, "input_place", lambda *given: replace(place(*given), components=("pump", "motor")))
    plant.fail(3)
    plant.send(3)
    plant.heal()
    assert plant.replayed() == []
    key = f"in/motor_{plant.start(3):%Y%m%d%H%M%S}.csv"
    plant.s3.put_object(Bucket=plant.bucket, Key=key, Body=b"x")
    plant.heal()
    assert plant.replayed() == [(3, 3)]


def test_a_window_that_ran_short_is_replayed_when_its_file_changes(plant, client):
    plant.send(3)
    plant.succeed(3)
    plant.send(3)
    plant.heal()
    assert plant.replayed() == [(3, 3)]
    assert plant.healed(client) == [("late_rows", "queued")]


def test_a_window_that_ran_late_or_was_replayed_had_read_what_was_there_then(plant):
    plant.send(3)
    plant.succeed(3)  # long after it was scheduled
    plant.heal()
    assert plant.replayed() == []


def test_a_window_that_ran_on_time_had_not_read_what_came_after_its_start(plant, monkeypatch):
    monkeypatch.setattr(healing, "_LONGEST_RUN", HOUR)
    plant.send(3)
    plant.succeed(3)
    plant.heal()
    assert plant.replayed() == [(3, 3)]


def test_windows_that_follow_each_other_share_a_replay_and_others_wait_for_it(plant, end_replay):
    plant.fail(3, 4, 5, 8)
    plant.send(3, 4, 5, 8)
    plant.heal()
    plant.heal()
    assert plant.replayed() == [(8, 8)]
    end_replay("SUCCESS")
    plant.heal()
    assert plant.replayed() == [(8, 8), (5, 3)]


def test_a_window_with_another_failure_is_none_of_ours(plant):
    plant.fail(3, reason="Could not read s3://plant/in/pump_1.csv: not a number")
    plant.send(3)
    plant.heal()
    assert plant.replayed() == []


def test_files_that_came_a_moment_ago_are_left_to_come_to_rest(plant):
    plant.fail(3)
    plant.send(3)
    plant.heal(after=timedelta(seconds=1))
    assert plant.replayed() == []


@pytest.mark.parametrize(("hours", "replays"), [(24, 1), (0.25, 0), (0, 0)])
def test_only_the_last_hours_are_healed(plant, hours, replays):
    plant.resources = replace(plant.resources, settings=replace(plant.resources.settings, heal_hours=hours))
    plant.fail(6)
    plant.send(6)
    plant.heal()
    assert len(plant.replayed()) == replays


def test_a_scheduler_is_left_alone_while_its_own_run_is_at_work(plant, upstream):
    plant.fail(3)
    plant.send(3)
    upstream.add_execution(plant.name, int(plant.start(0).timestamp()), "IN_PROGRESS")
    plant.heal()
    assert plant.replayed() == []


def test_a_scheduler_is_left_alone_while_another_replay_runs(plant, client):
    plant.fail(3)
    plant.send(3)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    client.post(f"/v1/schedulers/{plant.name}/replays", json=body)
    plant.heal()
    assert len(plant.replayed()) == 1


def test_a_replay_that_somebody_asks_for_waits_for_one_that_heals(plant, upstream, client, monkeypatch):
    plant.fail(3)
    plant.send(3)
    plant.heal()
    upstream.refuse("StartInferenceReplay", "ConflictException", "one at a time")

    def ends(_seconds: float) -> None:
        upstream.end_replay("SUCCESS")
        upstream.refusals.clear()

    monkeypatch.setattr(replay_work.time, "sleep", ends)
    body = {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-01T01:00:00Z"}
    assert client.post(f"/v1/schedulers/{plant.name}/replays", json=body).status_code == 202
    assert plant.healed(client) == [("missing_input_file", "succeeded")]


def test_a_replay_begun_elsewhere_puts_healing_off(plant, upstream, client):
    plant.fail(3)
    plant.send(3)
    upstream.refuse("StartInferenceReplay", "ConflictException", "one at a time")
    plant.heal()
    assert plant.healed(client) == [None]
    upstream.refusals.clear()
    plant.heal()
    assert plant.replayed() == [(3, 3)]


def test_an_upstream_without_replays_is_asked_once(plant, upstream, client):
    plant.fail(3)
    plant.send(3)
    upstream.refuse("StartInferenceReplay", "UnknownOperationException")
    plant.heal()
    plant.heal()
    heal_everything(plant.resources)
    assert upstream.calls.count("StartInferenceReplay") == 1
    assert plant.healed(client) == [None]


def test_a_healing_cut_off_between_its_row_and_the_upstream_is_completed(plant, upstream, client):
    plant.fail(3)
    plant.send(3)
    upstream.lose_answer_of = "StartInferenceReplay"
    plant.heal()
    plant.heal()
    assert plant.replayed() == [(3, 3)]


def test_an_upload_that_succeeded_has_its_scheduler_looked_at(plant, client, queue):
    start = plant.start(3)
    plant.fail(3)
    rows = "".join(f"{start + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%SZ},1,2\n" for minute in range(1, 6))
    body = f"timestamp,flow,power\n{rows}"
    sent = client.post(f"/v1/schedulers/{plant.name}/uploads?component=pump", data=body, content_type="text/csv")
    assert sent.status_code == 202, sent.json
    work_on_uploads(plant.resources, plant.name)
    assert (healing.HEAL, plant.name) in queue.take()
    plant.heal()
    assert plant.replayed() == [(3, 3)]


def test_one_pass_heals_every_scheduler_and_one_that_fails_keeps_none_waiting(plant, upstream):
    upstream.add_scheduler(f"a-{plant.name}", "STOPPED", ModelName="gone")
    upstream.add_execution(f"a-{plant.name}", int(plant.start(3).timestamp()), "FAILED", "Could not find data file")
    plant.fail(3)
    plant.send(3)
    heal_everything(replace(plant.resources, clock=lambda: plant.now + timedelta(seconds=20)))
    assert plant.replayed() == [(3, 3)]


def test_the_runs_are_shown_without_the_database(plant, client, resources, monkeypatch):
    plant.fail(3)
    plant.healed(client)

    def away(*_):
        raise DatabaseUnavailable("away")

    monkeypatch.setattr(healing.healing, "healed_between", away)
    assert plant.healed(client) == [None]
