"""Imports between accounts and regions: what arrives is usable there, whatever becomes of the source."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from engine_world import ROLE, World
from plant import Plant, at, broken
from sqlalchemy import select, update
from test_trainings import ingested, train

from service.engine.objects import ObjectStore, open_objects
from service.engine.store import models
from service.engine.store.tables import imported_inputs, imports
from service.engine.work.attempts import KILLED_AT_MOST
from service.engine.work.leftovers import remove_leftovers

__all__ = ["ingested"]

OTHER = "222222222222"


@pytest.fixture
def there(plant: Plant) -> Plant:
    """The same machine in another account and region."""
    return in_world(plant, plant.world.beside(account_id=OTHER, region=f"other-{plant.world.region}"))


def in_world(plant: Plant, world: World) -> Plant:
    return Plant(world, plant.s3, plant.bucket)


def share(plant: Plant, arn: str) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "lookoutequipment:*", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    plant.client.put_resource_policy(ResourceArn=arn, ResourcePolicy=json.dumps(policy))


def dataset_arn(plant: Plant) -> str:
    return plant.client.describe_dataset(DatasetName="plant")["DatasetArn"]


def statistics_of(plant: Plant) -> list[dict[str, Any]]:
    return plant.client.list_sensor_statistics(DatasetName="plant")["SensorStatisticsSummaries"]


def import_dataset(plant: Plant, arn: str, **more: Any) -> dict[str, Any]:
    answer = plant.client.import_dataset(SourceDatasetArn=arn, **more)
    plant.work()
    return plant.client.describe_data_ingestion_job(JobId=answer["JobId"])


def import_version(plant: Plant, arn: str, **more: Any) -> dict[str, Any]:
    told = plant.client.import_model_version(SourceModelVersionArn=arn, **{"DatasetName": "plant"} | more)
    plant.work()
    return plant.client.describe_model_version(ModelName=told["ModelName"], ModelVersion=told["ModelVersion"])


def keys_of(plant: Plant, arn: str) -> dict[str, int]:
    """Names below the prefix of a resource's content in the engine's bucket, with their sizes."""
    found = plant.s3.list_objects_v2(Bucket=plant.resources.settings.engine_bucket)
    marker = f"/{arn.split('/')[2]}/"
    entries = [entry for entry in found.get("Contents", []) if marker in entry["Key"]]
    return {entry["Key"].partition(marker)[2].partition("/")[2]: entry["Size"] for entry in entries}


def test_a_dataset_and_a_version_move_to_another_account_and_work_there(ingested: Plant, there: Plant):
    model = train(ingested)
    for arn in (dataset_arn(ingested), model["ModelArn"]):
        share(ingested, arn)
    job = import_dataset(there, dataset_arn(ingested))
    assert (job["Status"], job["SourceDatasetArn"]) == ("SUCCESS", dataset_arn(ingested))
    described = there.client.describe_dataset(DatasetName="plant")
    assert described["Status"] == "ACTIVE"
    assert described["Schema"] == ingested.client.describe_dataset(DatasetName="plant")["Schema"]
    assert keys_of(there, described["DatasetArn"]) == keys_of(ingested, dataset_arn(ingested)) != {}
    assert statistics_of(there) == statistics_of(ingested) != []

    version = import_version(there, model["ActiveModelVersionArn"])
    assert (version["Status"], version["ImportedDataSizeInBytes"]) == (
        "SUCCESS",
        sum(keys_of(ingested, model["ModelArn"]).values()),
    )
    assert version["ImportJobStartTime"] <= version["ImportJobEndTime"]
    assert there.client.describe_model(ModelName="model")["ActiveModelVersion"] == 1

    ingested.client.delete_model(ModelName="model")  # the copy is its owner's
    ingested.client.delete_dataset(DatasetName="plant")
    remove_leftovers(ingested.resources)
    there.scheduler(since="2026-03-01T13:01:00", ModelName="model")
    there.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"), machine=broken)
    there.pass_time("2026-03-01T13:05:00")
    assert {line["prediction"] for line in there.results(there.latest())} == {1}
    assert train(there, "again")["Status"] == "SUCCESS"


def test_an_import_takes_the_place_of_what_a_dataset_had(ingested: Plant):
    ingested.world.dataset("old")
    before = ingested.client.describe_dataset(DatasetName="old")
    job = import_dataset(ingested, dataset_arn(ingested), DatasetName="old")
    after = ingested.client.describe_dataset(DatasetName="old")
    assert (after["DatasetArn"], after["Status"]) == (before["DatasetArn"], "ACTIVE")
    assert (after["DataStartTime"], after["DataEndTime"]) == (job["DataStartTime"], job["DataEndTime"])
    assert keys_of(ingested, after["DatasetArn"])


def test_a_source_that_is_replaced_or_deleted_stays_until_the_import_has_ended(ingested: Plant):
    model = train(ingested)
    job_id = ingested.client.import_dataset(SourceDatasetArn=dataset_arn(ingested), DatasetName="copy")["JobId"]
    source, waiting = {"S3InputConfiguration": {"Bucket": ingested.bucket, "Prefix": "training/"}}, taken(ingested)
    ingested.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    ingested.work()
    told = ingested.client.import_model_version(
        SourceModelVersionArn=model["ActiveModelVersionArn"], DatasetName="plant", ModelName="copy"
    )
    waiting += taken(ingested)
    ingested.client.delete_model(ModelName="model")
    remove_leftovers(ingested.resources)
    ingested.resources.queue.sent.extend(waiting)
    ingested.work()
    assert ingested.client.describe_data_ingestion_job(JobId=job_id)["Status"] == "SUCCESS"
    assert ingested.client.describe_model(ModelName=told["ModelName"])["Status"] == "SUCCESS"
    remove_leftovers(ingested.resources)
    assert keys_of(ingested, model["ModelArn"]) == {}
    assert len(keys_of(ingested, told["ModelArn"])) == 3


def taken(plant: Plant) -> list[Any]:
    sent = list(plant.resources.queue.sent)
    plant.resources.queue.sent.clear()
    return sent


def test_a_version_for_a_model_that_has_one_waits_to_be_activated(plant: Plant):
    plant.model("model")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    assert import_version(plant, arn)["ModelVersion"] == 2
    assert plant.client.describe_model(ModelName="model")["ActiveModelVersion"] == 1
    told = plant.client.update_active_model_version(ModelName="model", ModelVersion=2)
    assert (told["CurrentActiveVersion"], told["PreviousActiveVersion"]) == (2, 1)


def test_a_message_that_comes_twice_changes_nothing(plant: Plant):
    plant.model("model")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=arn, DatasetName="plant", ModelName="copy")
    plant.resources.queue.sent.extend([*plant.resources.queue.sent])
    plant.work()
    told = plant.client.describe_model(ModelName="copy")
    assert (told["Status"], told["ActiveModelVersion"]) == ("SUCCESS", 1)


def test_a_message_that_was_lost_is_sent_again(plant: Plant):
    plant.model("model")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=arn, DatasetName="plant", ModelName="copy")
    taken(plant)
    plant.world.clock.move(seconds=20)
    plant.pass_time(plant.world.clock())
    assert plant.client.describe_model(ModelName="copy")["Status"] == "SUCCESS"


def test_an_import_that_kills_its_worker_every_time_fails_in_the_end(plant: Plant):
    plant.model("model")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=arn, DatasetName="plant", ModelName="copy")
    with plant.resources.database.begin() as connection:
        connection.execute(update(imports).values(attempts=KILLED_AT_MOST))
    plant.work()
    version = plant.client.describe_model_version(ModelName="copy", ModelVersion=1)
    assert version["Status"] == "FAILED"
    assert "was killed 3 times while it copied the objects" in version["FailedReason"]


def test_objects_that_are_gone_fail_the_import_with_a_reason(plant: Plant):
    plant.world.model("model")
    plant.world.done_training("model", artefact_prefix="models/never-written/")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    version = import_version(plant, arn, ModelName="copy")
    assert version["Status"] == "FAILED"
    assert "models/never-written/" in version["FailedReason"]
    assert plant.client.describe_model(ModelName="copy")["Status"] == "FAILED"
    plant.client.delete_model(ModelName="copy")


def test_a_dataset_keeps_its_content_when_an_import_fails(ingested: Plant):
    import_dataset(ingested, dataset_arn(ingested), DatasetName="copy")
    keys = keys_of(ingested, ingested.client.describe_dataset(DatasetName="copy")["DatasetArn"])
    for entry in ingested.s3.list_objects_v2(Bucket=ingested.resources.settings.engine_bucket)["Contents"]:
        if dataset_arn(ingested).split("/")[2] in entry["Key"]:
            ingested.s3.delete_object(Bucket=ingested.resources.settings.engine_bucket, Key=entry["Key"])
    job = import_dataset(ingested, dataset_arn(ingested), DatasetName="copy")
    assert (job["Status"], "FailedReason" in job) == ("FAILED", True)
    copy = ingested.client.describe_dataset(DatasetName="copy")
    assert copy["Status"] == "ACTIVE"
    assert keys_of(ingested, copy["DatasetArn"]) == keys
    new = import_dataset(ingested, dataset_arn(ingested), DatasetName="new")
    assert (new["Status"], ingested.client.describe_dataset(DatasetName="new")["Status"]) == ("FAILED", "CREATED")


@pytest.fixture
def nowhere(plant: Plant, free_port: Callable[[], int]) -> ObjectStore:
    """A store that nobody serves."""
    return open_objects(replace(plant.resources.settings, s3_endpoint_url=f"http://127.0.0.1:{free_port()}"))


def test_while_s3_is_away_an_import_waits(plant: Plant, nowhere: ObjectStore):
    plant.model("model")
    arn = plant.client.describe_model(ModelName="model")["ActiveModelVersionArn"]
    plant.client.import_model_version(SourceModelVersionArn=arn, DatasetName="plant", ModelName="copy")
    lost = replace(plant.resources, objects=nowhere)
    Plant(replace(plant.world, resources=lost), plant.s3, plant.bucket).work()
    assert plant.client.describe_model(ModelName="copy")["Status"] == "IMPORT_IN_PROGRESS"
    plant.world.clock.move(seconds=20)
    plant.pass_time(plant.world.clock())
    assert plant.client.describe_model(ModelName="copy")["Status"] == "SUCCESS"


@pytest.fixture
def scored(plant: Plant) -> str:
    """The version of a model whose scheduler scored a window with success."""
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"))
    plant.pass_time("2026-03-01T13:05:00")
    assert plant.latest()["Status"] == "SUCCESS"
    return plant.client.describe_model(ModelName="model-of-scheduler")["ActiveModelVersionArn"]


def accumulated(plant: Plant, name: str) -> list[str]:
    """Starts of the windows that a retraining of this model has beside those of its own executions."""
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, name)
        windows = select(imported_inputs).where(imported_inputs.c.model_id == model.id)
        found = connection.execute(windows.order_by(imported_inputs.c.data_start_time)).all()
    assert all(window.data_input_configuration["S3InputConfiguration"]["Bucket"] == plant.bucket for window in found)
    return [window.data_start_time.strftime("%H:%M") for window in found]


@pytest.mark.parametrize(
    ("strategy", "windows"), [(None, []), ("NO_IMPORT", []), ("ADD_WHEN_EMPTY", ["13:00"]), ("OVERWRITE", ["13:00"])]
)
def test_inference_data_come_along_by_the_strategy(plant: Plant, scored: str, strategy: str | None, windows: list[str]):
    asked = {"InferenceDataImportStrategy": strategy} if strategy else {}
    import_version(plant, scored, ModelName="copy", **asked)
    assert accumulated(plant, "copy") == windows


@pytest.mark.parametrize(("strategy", "windows"), [("ADD_WHEN_EMPTY", ["13:00"]), ("OVERWRITE", ["13:00"])])
def test_what_was_imported_is_added_once_and_replaced(plant: Plant, scored: str, strategy: str, windows: list[str]):
    for _ in range(2):
        import_version(plant, scored, ModelName="copy", InferenceDataImportStrategy=strategy)
    assert accumulated(plant, "copy") == windows


@pytest.mark.parametrize(("strategy", "windows"), [("ADD_WHEN_EMPTY", []), ("OVERWRITE", ["13:00"])])
def test_a_model_with_data_of_its_own_keeps_them_unless_they_are_overwritten(
    plant: Plant, scored: str, strategy: str, windows: list[str]
):
    plant.scheduler("second")
    plant.feed(at("2026-03-01T13:05"), at("2026-03-01T13:10"))
    plant.pass_time("2026-03-01T13:10:00")
    plant.feed(at("2026-03-01T13:10"), at("2026-03-01T13:15"))
    plant.client.stop_inference_scheduler(InferenceSchedulerName="scheduler")
    import_version(plant, scored, ModelName="model-of-second", InferenceDataImportStrategy=strategy)
    with plant.resources.database.begin() as connection:
        model = models.find(connection, plant.world.scope, "model-of-second")
    assert (model.accumulated_since is not None) is (strategy == "OVERWRITE")
    assert accumulated(plant, "model-of-second")[:1] == windows


@pytest.mark.parametrize("target", [{"InferenceSchedulerName": "scheduler"}, {"ModelName": "model-of-scheduler"}])
def test_windows_in_maintenance_of_the_source_stay_behind(plant: Plant, scored: str, target: dict[str, str]):
    window = {"StartTime": at("2026-03-01T13:02"), "EndTime": at("2026-03-01T13:03")}
    plant.client.create_maintenance_window(**window, **target)
    import_version(plant, scored, ModelName="copy", InferenceDataImportStrategy="OVERWRITE")
    assert accumulated(plant, "copy") == []


def test_schedulers_are_never_imported(plant: Plant, scored: str):
    import_version(plant, scored, ModelName="copy", InferenceDataImportStrategy="OVERWRITE")
    assert not plant.client.list_inference_schedulers(ModelName="copy")["InferenceSchedulerSummaries"]
