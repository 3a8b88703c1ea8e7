"""Work that kills its worker: after three attempts that never came back it is FAILED. The kills are rows here."""

from dataclasses import replace
from time import monotonic, sleep

import pytest
from celery import signals
from engine_world import ROLE
from plant import MINUTE, Plant, at
from sqlalchemy import select, update
from test_ingestions import MOTOR, PUMP, dataset, described
from test_replays import counts, start
from test_store_away import nowhere, run_without_s3, scheduler
from test_trainings import ingested

from service.engine.store.tables import inference_executions, ingestion_jobs, model_versions
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import KILLED_AT_MOST, give_back_all, in_hand
from service.engine.worker import WORK, create_worker

__all__ = ["ingested", "nowhere", "scheduler"]

ADVICE = (
    "; the data may be too large for this machine's memory. Take less data at a time, or give the worker more memory."
)


def killed(plant: Plant, table, times: int) -> None:
    """What so many workers leave behind that were killed over the only piece of that kind."""
    with plant.resources.database.begin() as connection:
        connection.execute(update(table).values(attempts=times))


def attempts(plant: Plant, table) -> int:
    with plant.resources.database.begin() as connection:
        return connection.execute(select(table.c.attempts)).scalar_one()


@pytest.mark.parametrize(("kills", "status"), [(KILLED_AT_MOST - 1, "SUCCESS"), (KILLED_AT_MOST, "FAILED")])
def test_an_execution_is_failed_after_three_kills(plant, scheduler, kills, status):
    killed(plant, inference_executions, kills)
    plant.work()
    assert plant.latest()["Status"] == status
    if status == "FAILED":
        assert plant.latest()["FailedReason"] == f"Its worker was killed 3 times while it scored this window{ADVICE}"


@pytest.mark.parametrize(("kills", "status"), [(KILLED_AT_MOST - 1, "SUCCESS"), (KILLED_AT_MOST, "FAILED")])
def test_an_ingestion_is_failed_after_three_kills(plant, kills, status):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    job = plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    killed(plant, ingestion_jobs, kills)
    plant.work()
    told = plant.client.describe_data_ingestion_job(JobId=job["JobId"])
    assert told["Status"] == status
    if status == "FAILED":
        assert told["FailedReason"] == f"Its worker was killed 3 times while it read the files of this job{ADVICE}"
        assert described(plant)["Status"] == "CREATED"


def test_waiting_for_s3_does_not_count_as_a_kill(plant, scheduler, nowhere):
    again = list(plant.resources.queue.sent)
    for _ in range(KILLED_AT_MOST + 1):
        plant.resources.queue.sent[:] = again
        run_without_s3(plant, nowhere)
    assert attempts(plant, inference_executions) == 0


def test_a_worker_that_is_told_to_end_gives_back_what_it_has_in_hand_and_nothing_else(plant, scheduler):
    killed(plant, inference_executions, 2)
    (nudge,) = plant.resources.queue.sent
    piece = Piece("execution", nudge.row_id)
    with in_hand(plant.resources, piece):
        with in_hand(plant.resources, piece) as second:  # as in another process
            assert not second
        give_back_all(plant.resources)
    give_back_all(plant.resources)
    assert attempts(plant, inference_executions) == 1


def test_the_signal_that_ends_a_worker_makes_it_give_back(plant, scheduler):
    create_worker(plant.resources.settings, plant.resources)
    killed(plant, inference_executions, 1)
    (nudge,) = plant.resources.queue.sent
    with in_hand(plant.resources, Piece("execution", nudge.row_id)):
        signals.worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)
        deadline = monotonic() + 10
        while attempts(plant, inference_executions) and monotonic() < deadline:
            sleep(0.02)
    assert attempts(plant, inference_executions) == 0


def test_a_window_that_kills_the_worker_of_a_replay_fails_and_the_replay_goes_on(plant):
    first = at("2026-03-01T12:00")
    plant.feed_windows(first, 3)
    plant.scheduler(since="2026-03-01T13:01:00")
    replay_id = start(plant, first, first + 15 * MINUTE)
    plant.work()
    with plant.resources.database.begin() as connection:
        in_the_middle = inference_executions.c.data_start_time == first + 5 * MINUTE
        left = {"status": "IN_PROGRESS", "attempts": KILLED_AT_MOST}
        again = start(plant, first, first + 15 * MINUTE, "OVERWRITE")
        connection.execute(update(inference_executions).where(in_the_middle).values(replay_id=again, **left))
    plant.work()
    assert counts(plant, again) == ("SUCCESS", 3, 2, 1, 0)
    assert plant.executions(Status="FAILED")[0]["FailedReason"].startswith("Its worker was killed 3 times while it")
    assert replay_id != again


def test_a_replay_that_finds_s3_away_does_not_count_it_against_its_window(plant, nowhere):
    first = at("2026-03-01T12:00")
    plant.feed_windows(first, 1)
    plant.scheduler(since="2026-03-01T13:01:00")
    replay_id = start(plant, first, first + 5 * MINUTE)

    class Unwritable:
        def __getattr__(self, name):
            return getattr(nowhere if name == "put" else plant.resources.objects, name)

    for _ in range(KILLED_AT_MOST + 1):
        WORK["run_replay"](replace(plant.resources, objects=Unwritable()), replay_id)
        assert attempts(plant, inference_executions) == 0
    plant.work()
    assert counts(plant, replay_id) == ("SUCCESS", 1, 1, 0, 0)


@pytest.mark.parametrize(("kills", "status"), [(KILLED_AT_MOST - 1, "SUCCESS"), (KILLED_AT_MOST, "FAILED")])
def test_a_training_is_failed_after_three_kills(ingested, kills, status):
    ingested.client.create_model(ModelName="model", DatasetName="plant")
    killed(ingested, model_versions, kills)
    ingested.work()
    told = ingested.client.describe_model(ModelName="model")
    assert told["Status"] == status
    if status == "FAILED":
        said = f"Its worker was killed 3 times while it trained version 1 of the model model{ADVICE}"
        assert told["FailedReason"] == said


def test_a_training_that_finds_s3_away_is_not_counted(ingested, nowhere):
    ingested.client.create_model(ModelName="model", DatasetName="plant")
    (nudge,) = ingested.resources.queue.sent
    WORK["run_training"](replace(ingested.resources, objects=nowhere), nudge.row_id)
    assert ingested.client.describe_model(ModelName="model")["Status"] == "IN_PROGRESS"
    assert attempts(ingested, model_versions) == 0
