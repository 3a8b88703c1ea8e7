"""Two that change the same at the same moment: whoever comes second sees what the first has done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine_world import refused
from plant import MINUTE, Plant
from sqlalchemy import select, text
from test_hanging_windows import until

from service.engine.store import datasets, models
from service.engine.store.database import Connection
from service.engine.store.models import Model
from service.engine.store.tables import model_versions
from service.engine.work.tick import tick


def meanwhile(plant: Plant, change: Callable[[Connection], Any], act: Callable[[], Any]) -> Any:
    """What an act comes to that begins before a change is committed, and ends or waits before it is."""

    def waits() -> bool:
        return connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one() > 0

    with ThreadPoolExecutor(1) as pool:
        with plant.resources.database.begin() as connection:
            change(connection)
            done = pool.submit(act)
            until(lambda: done.done() or waits())
        return done.result()


def row_of(plant: Plant, model: str) -> Model:
    with plant.resources.database.begin() as connection:
        return models.find(connection, plant.world.scope, model)


def test_maintenance_of_a_model_that_is_being_deleted_is_not_found(plant: Plant):
    plant.world.model()
    model, now = row_of(plant, "pump-model"), plant.world.clock()

    asked = {"ModelName": model.name, "StartTime": now, "EndTime": now + MINUTE}
    meanwhile(
        plant,
        lambda connection: models.remove(connection, model.id),
        lambda: refused("ResourceNotFoundException", plant.client.create_maintenance_window, **asked),
    )


def test_a_retraining_takes_the_content_that_an_ingestion_is_about_to_replace_the_old_one_by(plant: Plant):
    """The old copy is nobody's from then on, and may be removed before the retraining is a row."""
    plant.world.model()
    plant.client.create_retraining_scheduler(
        ModelName="pump-model",
        RetrainingFrequency="P30D",
        LookbackWindow="P180D",
        RetrainingStartDate=plant.world.clock(),
    )
    dataset_id = row_of(plant, "pump-model").dataset_id
    meanwhile(
        plant,
        lambda connection: datasets.change(connection, dataset_id, current_job_id="newer"),
        lambda: tick(plant.resources, plant.world.clock()),
    )
    retrained = select(model_versions.c.ingestion_job_id).where(model_versions.c.version == 2)
    with plant.resources.database.begin() as connection:
        assert connection.execute(retrained).scalar_one() == "newer"


def test_an_import_that_ends_leaves_a_version_active_that_another_has_just_activated(plant: Plant):
    plant.model("source")
    plant.world.model("target", status="FAILED")
    source = plant.client.describe_model_version(ModelName="source", ModelVersion=1)["ModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=source, ModelName="target", DatasetName="plant")
    target, now = row_of(plant, "target"), plant.world.clock()
    nudge = plant.resources.queue.sent[-1]
    plant.resources.queue.sent[:] = [nudge]
    meanwhile(plant, lambda connection: models.activate(connection, target.id, 1, now), plant.work)
    assert row_of(plant, "target").active_version == 1
