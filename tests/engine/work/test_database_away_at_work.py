"""The database away in the middle of long work: nothing is decided, and the sweep sends it again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from engine_world import ROLE
from plant import Plant
from sqlalchemy.exc import OperationalError
from test_trainings import ingested

from service.engine.nudges import TASKS
from service.engine.store import unfinished
from service.engine.work.ingestion import ingestions
from service.engine.work.sharing import exports, imports
from service.engine.work.tick import tick
from service.engine.work.training import trainings

__all__ = ["ingested"]


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Each kind of long work loses its connection."""

    def lose(*_):
        raise OperationalError("SELECT 1", None, OSError("server closed the connection unexpectedly"))

    with monkeypatch.context() as patched:
        for module, act in ((ingestions, "_ingest"), (trainings, "train"), (imports, "_bring")):
            patched.setattr(module, act, lose)
        patched.setattr(exports, "_write", lose)
        yield patched


def kinds_waiting(plant: Plant) -> list[str]:
    with plant.resources.database.begin() as connection:
        waiting = unfinished.waiting(connection, plant.world.clock() + timedelta(days=1), 10, list(TASKS))
    return sorted(piece.kind for piece in waiting)


def test_long_work_that_loses_the_database_comes_to_its_end_later(ingested, cut_off):
    plant = ingested
    plant.model("trained")
    plant.resources.queue.sent.clear()
    place = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    files = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "files/"}}
    arn = plant.client.describe_dataset(DatasetName="plant")["DatasetArn"]
    plant.client.create_model(ModelName="model", DatasetName="plant")
    plant.client.import_dataset(SourceDatasetArn=arn, DatasetName="copy")
    export = plant.client.export_model_version(
        ModelName="trained", ModelVersion=1, ModelFileOutputConfiguration=files, RoleArn=ROLE
    )
    job = plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=place, RoleArn=ROLE)
    plant.work()
    assert kinds_waiting(plant) == ["export", "import", "ingestion", "training"]
    cut_off.undo()
    plant.world.clock.move(minutes=6)
    tick(plant.resources, plant.world.clock())
    plant.work()
    assert kinds_waiting(plant) == []
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"
    assert plant.client.describe_data_ingestion_job(JobId=job["JobId"])["Status"] == "SUCCESS"
    assert plant.client.describe_dataset(DatasetName="copy")["Status"] == "ACTIVE"
    assert plant.client.describe_model_version_export(ExportId=export["ExportId"])["Status"] == "SUCCESS"
