"""A worker that lost its lock with its connection and comes back late, when another has ended the piece."""

from time import monotonic

from plant import MINUTE, at
from sqlalchemy import select, update
from test_falling_behind import START, without_workers
from test_ingestions import MOTOR, PUMP, dataset, ingest
from test_store_away import END, scheduler
from test_trainings import ingested

from service.engine.store import execution_runs, executions
from service.engine.store.execution_runs import Outcome
from service.engine.store.tables import datasets, inference_executions, ingestion_jobs
from service.engine.work.inference import replays
from service.engine.work.inference.executions import run_execution
from service.engine.work.ingestion import ingestions

__all__ = ["ingested", "scheduler"]


def test_a_late_ingestion_does_not_take_the_place_of_a_newer_one(plant, monkeypatch):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    ours = ingestions._ingest

    def overtaken(resources, job, of_dataset):
        monkeypatch.setattr(ingestions, "_ingest", ours)
        found = ours(resources, job, of_dataset)
        with resources.database.begin() as connection:  # another worker ends the same job, and a newer job follows
            connection.execute(update(ingestion_jobs).values(status="SUCCESS"))
            connection.execute(update(datasets).values(status="ACTIVE", current_job_id="newer"))
        return found

    monkeypatch.setattr(ingestions, "_ingest", overtaken)
    ingest(plant)
    with plant.resources.database.begin() as connection:
        assert connection.execute(select(datasets.c.current_job_id)).scalar_one() == "newer"


def test_a_window_that_has_ended_is_not_recorded_again(plant, scheduler):
    plant.work()
    with plant.resources.database.begin() as connection:
        row_id = connection.execute(select(inference_executions.c.id)).scalar_one()
        late = executions.get(connection, row_id)
        execution_runs.record(connection, late, Outcome(status="FAILED", failed_reason="late"), END)
    assert plant.latest()["Status"] == "SUCCESS"


def test_a_message_is_not_used_up_when_the_newest_window_has_just_ended(plant, monkeypatch):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed_windows(START, 2)
    without_workers(plant, 2)
    older, newer = sorted({int(nudge.row_id) for nudge in plant.resources.queue.sent})
    run_execution(plant.resources, newer)
    monkeypatch.setattr(execution_runs, "newest_of_its_scheduler", lambda *_: newer)  # as it was a moment ago
    run_execution(plant.resources, older)
    assert [execution["Status"] for execution in plant.executions()] == ["SUCCESS", "SUCCESS"]


def test_a_late_message_leaves_a_window_to_the_replay_that_has_it(plant, scheduler):
    """Its window failed, and is scored again by a replay when the message comes a second time."""
    (nudge,) = plant.resources.queue.sent
    with plant.resources.database.begin() as connection:
        late = executions.get(connection, int(nudge.row_id))
        execution_runs.record(connection, late, Outcome(status="FAILED", failed_reason="S3 was away"), END)
    plant.resources.queue.sent.clear()
    plant.world.clock.now = at("2026-03-01T13:10")
    replay = plant.client.start_inference_replay(
        InferenceSchedulerName=scheduler, StartTime=START, EndTime=END, ClientToken="1"
    )
    with plant.resources.database.begin() as connection:
        connection.execute(update(inference_executions).values(status="IN_PROGRESS", replay_id=replay["ReplayId"]))
    run_execution(plant.resources, int(nudge.row_id))
    assert plant.latest()["Status"] == "IN_PROGRESS"
    plant.work()
    assert plant.latest()["Status"] == "SUCCESS"


def test_windows_of_a_replay_that_two_workers_run_are_counted_once(plant, monkeypatch):
    plant.feed_windows(START, 2)
    plant.scheduler(since="2026-03-01T14:01:00")
    asked = {"InferenceSchedulerName": "scheduler", "StartTime": START, "EndTime": START + 10 * MINUTE}
    replay_id = plant.client.start_inference_replay(**asked, ClientToken="1")["ReplayId"]
    ours = replays._run_one

    def overtaken(*args):
        monkeypatch.setattr(replays, "_run_one", ours)
        replays._run_slice(plant.resources, replay_id, monotonic() + 60)  # another worker runs it to its end
        return ours(*args)

    monkeypatch.setattr(replays, "_run_one", overtaken)
    plant.work()
    told = plant.client.describe_inference_replay(ReplayId=replay_id)
    assert (told["Status"], told["TotalWindows"], told["SucceededWindows"] + told["SkippedWindows"]) == (
        "SUCCESS",
        2,
        2,
    )
