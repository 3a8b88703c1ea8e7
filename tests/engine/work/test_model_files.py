"""A model as one file: out of one account of the engine and into another."""

import json
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from engine_world import ROLE, SCHEMA, refused
from plant import Plant, at, broken

from service.engine.work.sharing.model_files import MANIFEST, unpack

OTHER = "222222222222"
RATE = {"TargetSamplingRate": "PT1M"}


@pytest.fixture
def exported(plant: Plant) -> Plant:
    """A plant with a trained model, and its first version as a file `files/model-1.model.zip`."""
    plant.model("model", DataPreProcessingConfiguration=RATE, OffCondition="motor\\Current<0.5")
    plant.world.done_training("model", model_metrics='{"labeled_ranges":[]}', model_quality="CANNOT_DETERMINE_QUALITY")
    assert export(plant)["Status"] == "SUCCESS"
    return plant


def export(plant: Plant, prefix: str = "files/", **more: Any) -> dict[str, Any]:
    place = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": prefix}}
    asked = {"ModelName": "model", "ModelVersion": 1, "ModelFileOutputConfiguration": place, "RoleArn": ROLE} | more
    answer = plant.client.export_model_version(**asked)
    plant.work()
    return plant.client.describe_model_version_export(ExportId=answer["ExportId"])


def body_of(plant: Plant, key: str = "files/model-1.model.zip") -> bytes:
    return plant.s3.get_object(Bucket=plant.bucket, Key=key)["Body"].read()


def take_in(plant: Plant, body: bytes | None = None, name: str = "copy", **more: Any) -> dict[str, Any]:
    """Import a file, or the one that was exported; the version that came of it."""
    if body is not None:
        plant.put("files/other.zip", body)
    key = "files/model-1.model.zip" if body is None else "files/other.zip"
    asked = {"ModelFileObject": {"Bucket": plant.bucket, "Key": key}, "DatasetName": "plant", "RoleArn": ROLE} | more
    told = plant.client.import_model_file(ModelName=name, **asked)
    assert told["Status"] == "IMPORT_IN_PROGRESS"
    plant.work()
    return plant.client.describe_model_version(ModelName=name, ModelVersion=told["ModelVersion"])


def test_an_export_tells_where_its_file_lies_and_what_it_is(exported: Plant):
    told = export(exported, "elsewhere/")
    body = body_of(exported, "elsewhere/model-1.model.zip")
    assert told["ModelFileObject"] == {"Bucket": exported.bucket, "Key": "elsewhere/model-1.model.zip"}
    assert (told["SizeInBytes"], told["Sha256"]) == (len(body), sha256(body).hexdigest())
    assert told["ModelVersionArn"].endswith("/model-version/1")


def test_the_same_version_gives_the_same_bytes(exported: Plant):
    export(exported, "again/")
    assert body_of(exported, "again/model-1.model.zip") == body_of(exported)


def test_the_file_is_an_archive_that_any_tool_can_look_into(exported: Plant):
    with ZipFile(BytesIO(body_of(exported))) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read(MANIFEST))
        assert set(manifest["members"]) == {"detector.json", "detector.npz", "training.json"}
        for name, account in manifest["members"].items():
            assert account == {"sha256": sha256(archive.read(name)).hexdigest(), "size": len(archive.read(name))}
    model = manifest["model"]
    assert (model["model_name"], model["target_sampling_rate"], model["schema"]) == ("model", "PT1M", SCHEMA)
    assert not any("arn:aws:iam" in str(value) or exported.bucket in str(value) for value in model.values())


def test_a_model_moves_as_a_file_to_another_account_and_works_there(exported: Plant):
    there = Plant(exported.world.beside(account_id=OTHER), exported.s3, exported.bucket)
    there.world.dataset()
    version = take_in(there, name="model")
    assert (version["Status"], version["SourceType"]) == ("SUCCESS", "IMPORT")
    assert version["ImportedDataSizeInBytes"] == len(body_of(exported))
    original = exported.client.describe_model_version(ModelName="model", ModelVersion=1)
    assert version["SourceModelVersionArn"] == original["ModelVersionArn"]
    taken_over = ("Schema", "OffCondition", "DataPreProcessingConfiguration", "ModelMetrics", "ModelQuality")
    assert [version[name] for name in taken_over] == [original[name] for name in taken_over]
    model = there.client.describe_model(ModelName="model")
    assert (model["Status"], model["ActiveModelVersion"], model["OffCondition"]) == ("SUCCESS", 1, "motor\\Current<0.5")
    there.scheduler(since="2026-03-01T13:01:00", ModelName="model")
    there.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"), machine=broken)
    there.pass_time("2026-03-01T13:05:00")
    assert {line["prediction"] for line in there.results(there.latest())} == {1}


def test_a_file_becomes_the_next_version_of_a_model_that_is_there(exported: Plant):
    version = take_in(exported, name="model")
    assert (version["ModelVersion"], version["Status"]) == (2, "SUCCESS")
    assert exported.client.describe_model(ModelName="model")["ActiveModelVersion"] == 1


def test_what_is_exported_again_after_an_import_is_the_same_but_for_its_names(exported: Plant):
    take_in(exported)
    export(exported, "again/", ModelName="copy")
    first, second = (
        unpack(body_of(exported, key), "") for key in ("files/model-1.model.zip", "again/copy-1.model.zip")
    )
    assert first.members == second.members
    named = {"model_name", "model_version_arn"}
    assert {key for key in first.description if first.description[key] != second.description[key]} == named


def test_what_is_no_model_file_fails_the_version_with_a_sentence(exported: Plant):
    version = take_in(exported, b"hello, world")
    assert version["Status"] == "FAILED"
    assert version["FailedReason"].startswith(f"s3://{exported.bucket}/files/other.zip is not a model file")
    assert exported.client.describe_model(ModelName="copy")["Status"] == "FAILED"


def test_a_file_that_is_not_there_fails_the_version(exported: Plant):
    place = {"ModelFileObject": {"Bucket": exported.bucket, "Key": "none.zip"}}
    assert "none.zip" in take_in(exported, **place)["FailedReason"]


def test_a_dataset_without_the_sensors_of_the_file_fails_the_version(exported: Plant):
    schema = {"InlineDataSchema": json.dumps({"Components": SCHEMA["Components"][:1]})}
    exported.world.dataset("small", DatasetSchema=schema)
    assert "motor\\Current" in take_in(exported, DatasetName="small")["FailedReason"]


def test_a_file_of_another_kind_does_not_join_a_model(exported: Plant):
    exported.world.model("slower", DataPreProcessingConfiguration={"TargetSamplingRate": "PT5M"})
    version = take_in(exported, name="slower")
    assert (version["ModelVersion"], version["Status"]) == (2, "FAILED")
    assert "TargetSamplingRate" in version["FailedReason"]
    assert exported.client.describe_model(ModelName="slower")["Status"] == "SUCCESS"


def test_only_versions_that_are_trained_are_exported(exported: Plant):
    exported.world.model("failed", status="FAILED")
    place = {"S3OutputConfiguration": {"Bucket": exported.bucket}}
    asked = {"ModelFileOutputConfiguration": place, "RoleArn": ROLE, "ModelVersion": 1}
    refused("ConflictException", exported.client.export_model_version, ModelName="failed", **asked)
    refused("ResourceNotFoundException", exported.client.export_model_version, ModelName="none", **asked)
    asked["ModelVersion"] = 2
    refused("ResourceNotFoundException", exported.client.export_model_version, ModelName="model", **asked)


def test_an_export_is_described_in_its_own_world_only(exported: Plant):
    export_id = export(exported)["ExportId"]
    there = exported.world.beside(account_id=OTHER)
    refused("ResourceNotFoundException", there.client.describe_model_version_export, ExportId=export_id)


def test_a_bucket_that_is_not_there_fails_the_export(exported: Plant):
    place = {"S3OutputConfiguration": {"Bucket": "no-such-bucket"}}
    told = export(exported, ModelFileOutputConfiguration=place)
    assert (told["Status"], "ModelFileObject" in told) == ("FAILED", False)
    assert "no-such-bucket" in told["FailedReason"]


def test_an_export_whose_message_was_lost_is_sent_again(exported: Plant):
    place = {"S3OutputConfiguration": {"Bucket": exported.bucket, "Prefix": "late/"}}
    asked = {"ModelFileOutputConfiguration": place, "RoleArn": ROLE, "ModelName": "model", "ModelVersion": 1}
    exported.client.export_model_version(**asked)
    exported.resources.queue.sent.clear()
    exported.world.clock.move(seconds=20)
    exported.pass_time(exported.world.clock())
    assert body_of(exported, "late/model-1.model.zip") == body_of(exported)


def test_a_model_may_be_deleted_while_it_is_exported(exported: Plant):
    place = {"S3OutputConfiguration": {"Bucket": exported.bucket, "Prefix": "late/"}}
    asked = {"ModelFileOutputConfiguration": place, "RoleArn": ROLE, "ModelName": "model", "ModelVersion": 1}
    export_id = exported.client.export_model_version(**asked)["ExportId"]
    exported.client.delete_model(ModelName="model")
    exported.work()
    refused("ResourceNotFoundException", exported.client.describe_model_version_export, ExportId=export_id)
    assert exported.keys("late/") == []
