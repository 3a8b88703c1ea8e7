"""The engine's processes with real Valkey, PostgreSQL and S3: from files to predictions, and killed in between."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from engine_machine import (
    MINUTE,
    make_dataset,
    put_training_files,
    put_window_files,
    scheduler_request,
    start_ingestion,
)
from engine_processes import EngineProcesses, wait_until
from held_locks import is_worked_on
from sqlalchemy import select

from service.embedded.program import running
from service.embedded.valkey import valkey_program, valkey_url
from service.engine.resources import RememberingQueue, join_resources
from service.engine.store.database import Connection, open_database
from service.engine.store.tables import inference_schedulers, ingestion_jobs, model_versions
from service.engine.store.unfinished import training_id
from service.engine.work.ingestion.ingestions import run_ingestion
from service.engine.work.training.trainings import run_training

WORKERS = ("engine-worker", "engine-trainer")


@pytest.fixture
def silent_s3_url() -> Iterator[str]:
    """An S3 that takes every connection and never answers: whoever asks it is in the middle of the work."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def last_boundary() -> datetime:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return now - timedelta(minutes=now.minute % 5)


def ingested(client: Any, job_id: str) -> dict[str, Any]:
    told = wait_until(
        lambda: (job := client.describe_data_ingestion_job(JobId=job_id))["Status"] != "IN_PROGRESS" and job,
        "the ingestion does not end",
    )
    assert told["Status"] == "SUCCESS", told
    return told


def trained(client: Any, model: str) -> dict[str, Any]:
    told = wait_until(
        lambda: (found := client.describe_model(ModelName=model))["Status"] != "IN_PROGRESS" and found,
        "the training does not end",
    )
    assert told["Status"] == "SUCCESS", told
    return told


def ended(client: Any, replay_id: str) -> dict[str, Any]:
    told = wait_until(
        lambda: (
            (replay := client.describe_inference_replay(ReplayId=replay_id))["Status"] not in ("PENDING", "IN_PROGRESS")
            and replay
        ),
        "the replay does not end",
    )
    assert told["Status"] == "SUCCESS", told
    return told


def executed(client: Any, name: str) -> list[dict[str, Any]]:
    """Executions of a scheduler, newest first, once there are some and none is in progress."""

    def all_ended():
        found = client.list_inference_executions(InferenceSchedulerName=name)["InferenceExecutionSummaries"]
        return found if found and all(one["Status"] != "IN_PROGRESS" for one in found) else None

    return wait_until(all_ended, "no execution ends")


def prepare(engine: EngineProcesses, client: Any, s3: Any, bucket: str) -> None:
    """Two days of the machine, ingested and trained twice in this process, under a running engine."""
    end = last_boundary() - 60 * MINUTE
    put_training_files(s3, bucket, end - timedelta(days=2), end)
    engine.start("engine", "tick")
    engine.wait_until_healthy()
    work = join_resources(engine.settings, RememberingQueue(), threads=4)
    make_dataset(client)
    run_ingestion(work, start_ingestion(client, bucket))
    for model in ("first", "second"):
        client.create_model(ModelName=model, DatasetName="plant")
        run_training(work, client.describe_model(ModelName=model)["ModelArn"].rpartition("/")[2] + "/1")
        trained(client, model)
    work.database.dispose()


def in_the_past(engine: EngineProcesses, name: str) -> None:
    """Let a scheduler have been active for six minutes, so that a window is due now."""
    database = open_database(engine.settings.engine_database_url)
    with database.begin() as connection:
        since = datetime.now(UTC) - 6 * MINUTE
        statement = inference_schedulers.update().where(inference_schedulers.c.name == name)
        connection.execute(statement.values(activated_at=since, next_wake_at=since))
    database.dispose()


def test_what_a_killed_worker_had_in_hand_is_done_after_the_restart(engine, equipment, s3, bucket, silent_s3_url):
    """An execution, a replay, an ingestion and a training, all cut off in the middle by SIGKILL."""
    prepare(engine, equipment, s3, bucket)
    end = last_boundary()
    put_window_files(s3, bucket, end - 30 * MINUTE, end + 10 * MINUTE)
    engine.start(*WORKERS, s3_endpoint_url=silent_s3_url)

    for name, model in (("scheduled", "first"), ("replayed", "second")):
        equipment.create_inference_scheduler(**scheduler_request(name, model, bucket))
    in_the_past(engine, "scheduled")
    replay_id = equipment.start_inference_replay(
        InferenceSchedulerName="replayed", StartTime=end - 30 * MINUTE, EndTime=end
    )["ReplayId"]
    make_dataset(equipment, "other")
    job_id = start_ingestion(equipment, bucket, "other")
    equipment.create_model(ModelName="third", DatasetName="plant")

    wait_until(lambda: _pieces_in_hand(engine, replay_id, job_id) == 4, "the workers did not take the work")
    engine.kill(*WORKERS)
    assert _pieces_in_hand(engine, replay_id, job_id) == 0
    engine.start(*WORKERS)

    assert executed(equipment, "scheduled")[-1]["Status"] == "SUCCESS"
    assert ended(equipment, replay_id)["SucceededWindows"] == 6
    assert ingested(equipment, job_id)["IngestedFilesSummary"]["IngestedNumberOfFiles"] == 2
    assert trained(equipment, "third")["ActiveModelVersion"] == 1


def test_what_takes_longer_than_the_bound_is_returned_when_its_worker_is_told_to_end(
    engine, equipment, s3, bucket, silent_s3_url
):
    end = last_boundary() - 60 * MINUTE
    put_training_files(s3, bucket, end - timedelta(hours=6), end)
    engine.start("engine", "tick")
    engine.start("engine-trainer", s3_endpoint_url=silent_s3_url, stop_seconds=1.0)
    engine.wait_until_healthy()
    make_dataset(equipment)
    job_id = start_ingestion(equipment, bucket)
    wait_until(lambda: _is_in_hand(engine, "ingestion", job_id), "the worker did not take the work")

    trainer = engine.running["engine-trainer"]
    trainer.terminate()
    assert trainer.wait(20) == 0
    assert not _is_in_hand(engine, "ingestion", job_id)
    assert '"event":"work_returned"' in engine.log("engine-trainer").read_text()
    assert _attempts(engine, job_id) == 0  # no kill that counts
    engine.start("engine-trainer")
    ingested(equipment, job_id)


def _is_in_hand(engine: EngineProcesses, kind: str, piece_id: str) -> bool:
    with _connected(engine) as connection:
        return is_worked_on(connection, kind, piece_id)


def _attempts(engine: EngineProcesses, job_id: str) -> int:
    with _connected(engine) as connection:
        return connection.scalar(select(ingestion_jobs.c.attempts).where(ingestion_jobs.c.id == job_id))


@contextmanager
def _connected(engine: EngineProcesses) -> Iterator[Connection]:
    database = open_database(engine.settings.engine_database_url)
    with database.begin() as connection:
        yield connection
    database.dispose()


def _pieces_in_hand(engine: EngineProcesses, replay_id: str, job_id: str) -> int:
    database = open_database(engine.settings.engine_database_url)
    with database.begin() as connection:
        versions = connection.execute(model_versions.select().where(model_versions.c.status == "IN_PROGRESS")).all()
        pieces = [
            ("execution", 1),
            ("replay", replay_id),
            ("ingestion", job_id),
            *(("training", training_id(version.model_id, version.version)) for version in versions),
        ]
        held = sum(is_worked_on(connection, kind, piece_id) for kind, piece_id in pieces)
    database.dispose()
    return held


def test_work_asked_for_while_the_broker_is_away_is_done_when_it_is_back(engine, equipment, s3, bucket, tmp_path):
    """The broker goes under running workers. Messages that could not be sent are sent by the sweep."""
    end = last_boundary()
    put_training_files(s3, bucket, end - timedelta(days=1), end)
    with TemporaryDirectory(prefix="lookout-broker-") as folder:
        broker = valkey_program(Path(folder), Path(folder))
        with running(broker, tmp_path / "valkey.log"):
            engine.settings = replace(engine.settings, redis_url=valkey_url(Path(folder)))
            engine.start("engine", "engine-trainer", "tick")
            engine.wait_until_healthy()
            make_dataset(equipment)
            ingested(equipment, start_ingestion(equipment, bucket))
        job_id = start_ingestion(equipment, bucket)
        assert equipment.describe_data_ingestion_job(JobId=job_id)["Status"] == "IN_PROGRESS"
        with running(broker, tmp_path / "valkey.log"):
            ingested(equipment, job_id)
            engine.stop()
