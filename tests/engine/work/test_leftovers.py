"""What stays in the engine's bucket when a dataset or a model is deleted, and what does not."""

from dataclasses import replace

from engine_world import ROLE
from plant import Plant
from structlog.testing import capture_logs
from test_trainings import ingested, train

from service.engine.work.leftovers import remove_leftovers

__all__ = ["ingested"]


def kept(plant: Plant, id: str) -> list[str]:
    """The keys of one dataset or model in the engine's bucket."""
    found = plant.s3.list_objects_v2(Bucket=plant.resources.settings.engine_bucket)
    return [entry["Key"] for entry in found.get("Contents", []) if f"/{id}/" in entry["Key"]]


def test_objects_of_what_exists_are_kept_and_of_what_was_deleted_are_removed(ingested):
    plant = ingested
    model_id = train(plant)["ModelArn"].rpartition("/")[2]
    dataset_id = plant.client.describe_dataset(DatasetName="plant")["DatasetArn"].rpartition("/")[2]
    remove_leftovers(plant.resources)
    assert (len(kept(plant, dataset_id)), len(kept(plant, model_id))) == (4, 3)
    plant.client.delete_model(ModelName="model")
    remove_leftovers(plant.resources)
    assert (len(kept(plant, dataset_id)), len(kept(plant, model_id))) == (4, 0)
    plant.client.delete_dataset(DatasetName="plant")
    remove_leftovers(plant.resources)
    assert kept(plant, dataset_id) == []


def test_a_copy_that_a_newer_ingestion_replaced_is_kept_for_trainings_under_way_and_then_removed(ingested):
    plant = ingested
    dataset_id = plant.client.describe_dataset(DatasetName="plant")["DatasetArn"].rpartition("/")[2]
    plant.client.create_model(ModelName="model", DatasetName="plant")
    training = list(plant.resources.queue.sent)
    plant.resources.queue.sent.clear()
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    plant.work()
    remove_leftovers(plant.resources)
    assert len(kept(plant, dataset_id)) == 8
    plant.resources.queue.sent.extend(training)
    plant.work()
    assert plant.client.describe_model(ModelName="model")["Status"] == "SUCCESS"
    remove_leftovers(plant.resources)
    assert len(kept(plant, dataset_id)) == 4


def test_before_there_is_a_bucket_nothing_is_done(plant):
    settings = replace(plant.resources.settings, engine_bucket="not-made-yet")
    with capture_logs() as logs:
        remove_leftovers(replace(plant.resources, settings=settings))
    assert [line["event"] for line in logs] == ["leftovers_kept"]
