"""A worker is killed after each commit and each object that it writes: the work comes to one end, as if undisturbed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from engine_world import ROLE
from plant import Plant, fitted_plant
from test_trainings import ingested

from service.engine.objects import ObjectStore
from service.engine.work.tick import tick
from service.engine.work.training import fitting

__all__ = ["ingested"]

Ask = Callable[[Plant, int], Callable[[], str]]
"""Asks for work, the so-manyth of its kind, and gives what tells its status."""


class WorkerKilled(BaseException):
    """Ends a worker like a SIGKILL: nothing that it would have recorded is recorded."""


@contextmanager
def killing(plant: Plant, monkeypatch: pytest.MonkeyPatch, step: int) -> Iterator[None]:
    """Kill whoever works right after that step; a step is a commit or an object."""
    steps = count(1)

    def deadly(act: Callable) -> Callable:
        def acted(*args, **more):
            done = act(*args, **more)
            if next(steps) == step:
                raise WorkerKilled
            return done

        return acted

    dialect = plant.resources.database.dialect
    with monkeypatch.context() as patched:
        patched.setattr(dialect, "do_commit", deadly(dialect.do_commit))
        for name in ("put", "_copy"):
            patched.setattr(ObjectStore, name, deadly(getattr(ObjectStore, name)))
        yield


def was_killed(plant: Plant) -> bool:
    try:
        plant.work()
    except WorkerKilled:
        plant.resources.queue.sent.clear()
        return True
    return False


def a_dataset(plant: Plant, number: int) -> Callable[[], str]:
    arn = plant.client.describe_dataset(DatasetName="plant")["DatasetArn"]
    plant.client.import_dataset(SourceDatasetArn=arn, DatasetName=f"copy-{number}")
    return lambda: plant.client.describe_dataset(DatasetName=f"copy-{number}")["Status"]


def a_version(plant: Plant, number: int) -> Callable[[], str]:
    name = f"copy-{number}"
    source = plant.client.describe_model_version(ModelName="model", ModelVersion=1)["ModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=source, ModelName=name, DatasetName="plant")
    return lambda: active(plant, name)


def a_training(plant: Plant, number: int) -> Callable[[], str]:
    plant.client.create_model(ModelName=f"trained-{number}", DatasetName="plant")
    return lambda: active(plant, f"trained-{number}")


def active(plant: Plant, name: str) -> str:
    told = plant.client.describe_model(ModelName=name)
    assert told["Status"] != "SUCCESS" or told["ActiveModelVersion"] == 1
    return told["Status"]


def a_file(plant: Plant, number: int) -> Callable[[], str]:
    place = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": f"{number}/"}}
    export = plant.client.export_model_version(
        ModelName="model", ModelVersion=1, ModelFileOutputConfiguration=place, RoleArn=ROLE
    )
    return lambda: plant.client.describe_model_version_export(ExportId=export["ExportId"])["Status"]


def an_ingestion(plant: Plant, number: int) -> Callable[[], str]:
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    job = plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    return lambda: plant.client.describe_data_ingestion_job(JobId=job["JobId"])["Status"]


@pytest.mark.parametrize("ask", [a_dataset, a_version, a_training, a_file, an_ingestion])
def test_work_that_is_killed_after_any_step_ends_once_and_well(ingested: Plant, monkeypatch, ask: Ask):
    plant = ingested
    plant.model()
    monkeypatch.setattr(fitting, "_fitted", lambda *_: fitted_plant())  # the longest part of a training, and no step
    for step in count(1):
        plant.resources.queue.sent.clear()
        status = ask(plant, step)
        with killing(plant, monkeypatch, step):
            killed = was_killed(plant)
        if killed:
            plant.world.clock.move(minutes=6)
            tick(plant.resources, plant.world.clock())
            plant.work()
        assert status() in ("SUCCESS", "ACTIVE"), step
        if not killed:
            break
    assert step > 3
