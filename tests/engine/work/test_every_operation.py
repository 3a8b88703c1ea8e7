"""The life of one plant, in which every operation is answered at least once; the client holds each answer against the
shape of its operation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore import xform_name
from engine_world import ROLE
from plant import MINUTE, Plant, at, broken
from test_trainings import RANGES, START, fault_label, ingested, label_file, train

from service.wire import service_model

__all__ = ["ingested"]

FIRST = at("2026-03-01T13:00")
INTERVAL = {"IntervalStartTime": FIRST, "IntervalEndTime": FIRST + 60 * MINUTE}
SPAN = {"StartTime": FIRST, "EndTime": FIRST + 5 * MINUTE}
DATASET, MODEL, SCHEDULER = {"DatasetName": "plant"}, {"ModelName": "model"}, {"InferenceSchedulerName": "scheduler"}
GROUP = {"LabelGroupName": "faults"}
LISTS = sorted(name for name in service_model().operation_names if name.startswith("List"))


@pytest.fixture
def answered(plant: Plant) -> set[str]:
    """Names of the operations that were answered so far; refusals do not count."""
    names: set[str] = set()

    def note(model: Any, http_response: Any, **_: Any) -> None:
        if http_response.status_code == 200:
            names.add(model.name)

    plant.client.meta.events.register("after-call.lookoutequipment", note)
    return names


def test_every_operation_is_answered_in_the_life_of_one_plant(answered: set[str], ingested: Plant):
    for chapter in (of_data, of_labels, of_training, of_inference, of_retraining, of_moving, of_lists, of_the_end):
        chapter(ingested)
    unanswered = set(service_model().operation_names) - answered
    assert unanswered == set(), "each needs a place in a chapter"


def of_data(plant: Plant) -> None:
    client = plant.client
    told = client.describe_dataset(**DATASET)
    assert (told["Status"], told["LastUpdatedAt"]) == ("ACTIVE", plant.world.clock())
    job_id = client.list_data_ingestion_jobs()["DataIngestionJobSummaries"][0]["JobId"]
    assert client.describe_data_ingestion_job(JobId=job_id.upper())["JobId"] == job_id
    resource = {"ResourceArn": told["DatasetArn"]}
    client.tag_resource(**resource, Tags=[{"Key": "site", "Value": "north"}])
    assert client.list_tags_for_resource(**resource)["Tags"] == [{"Key": "site", "Value": "north"}]
    client.untag_resource(**resource, TagKeys=["site", "never-there"])
    assert client.list_tags_for_resource(**resource)["Tags"] == []


def of_labels(plant: Plant) -> None:
    client = plant.client
    for name in ("faults", "others"):
        client.create_label_group(LabelGroupName=name)
    client.update_label_group(**GROUP, FaultCodes=["leak"])
    assert client.describe_label_group(**GROUP)["FaultCodes"] == ["leak"]
    for hour in range(3):
        start = START + timedelta(hours=hour)
        client.create_label(**GROUP, StartTime=start, EndTime=start + MINUTE, Rating="ANOMALY", FaultCode="leak")
    label = {"LabelId": client.list_labels(**GROUP)["LabelSummaries"][0]["LabelId"]}
    assert client.describe_label(**GROUP, **label)["StartTime"] == START + timedelta(hours=2)
    client.delete_label(**GROUP, **label)


def of_training(plant: Plant) -> None:
    place = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "diagnostics/"}}
    asked = RANGES | label_file(plant, fault_label()) | {"ModelDiagnosticsOutputConfiguration": place}
    assert train(plant, **asked, ServerSideKmsKeyId="alias/plant")["Status"] == "SUCCESS"
    told = plant.client.describe_model_version(**MODEL, ModelVersion=1)
    assert told["ModelDiagnosticsResultsObject"]["Key"].endswith("/model_diagnostics_results.json.gz")
    plant.client.update_model(**MODEL, RoleArn=ROLE)


def of_inference(plant: Plant) -> None:
    client = plant.client
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="model", ServerSideKmsKeyId="1234abcd")
    plant.pass_time(FIRST + MINUTE)
    for number in range(3):  # the third window has no data
        start = FIRST + number * 5 * MINUTE
        if number < 2:
            plant.feed(start, start + 5 * MINUTE, machine=broken)
        plant.pass_time(start + 5 * MINUTE)
    client.update_inference_scheduler(**SCHEDULER, AnomalyThreshold=0.6)
    assert client.describe_inference_scheduler(**SCHEDULER)["LatestInferenceResult"] == "ANOMALOUS"
    assert len(client.list_inference_events(**SCHEDULER, **INTERVAL)["InferenceEventSummaries"]) == 1
    windows = [client.create_maintenance_window(**SCHEDULER, **SPAN)["MaintenanceWindowId"] for _ in range(3)]
    client.delete_maintenance_window(MaintenanceWindowId=windows[0].upper())
    replay = {"ReplayId": client.start_inference_replay(**SCHEDULER, **SPAN)["ReplayId"].upper()}
    client.stop_inference_replay(**replay)
    plant.work()
    assert client.describe_inference_replay(**replay)["Status"] == "STOPPED"


def of_retraining(plant: Plant) -> None:
    client = plant.client
    asked = {"RetrainingFrequency": "P1M", "LookbackWindow": "P180D", "RetrainingStartDate": FIRST}  # due at once
    client.create_retraining_scheduler(**MODEL, **asked)
    plant.pass_time(plant.world.clock() + MINUTE)
    client.update_retraining_scheduler(**MODEL, PromoteMode="MANUAL")
    assert client.describe_retraining_scheduler(**MODEL)["Status"] == "RUNNING"
    plant.pass_time(plant.world.clock() + MINUTE)
    told = client.describe_model_version(**MODEL, ModelVersion=2)
    assert (told["SourceType"], told["AutoPromotionResult"]) == ("RETRAINING", "RETRAINING_CUSTOMER_ERROR")
    client.stop_retraining_scheduler(**MODEL)
    plant.pass_time(plant.world.clock() + MINUTE)
    client.start_retraining_scheduler(**MODEL)


def of_moving(plant: Plant) -> None:
    client = plant.client
    dataset_arn, model_arn = (
        client.describe_dataset(**DATASET)["DatasetArn"],
        client.describe_model(**MODEL)["ModelArn"],
    )
    resource = {"ResourceArn": model_arn}
    client.put_resource_policy(**resource, ResourcePolicy=json.dumps(policy_of(model_arn)))
    assert json.loads(client.describe_resource_policy(**resource)["ResourcePolicy"]) == policy_of(model_arn)
    client.delete_resource_policy(**resource)
    client.import_dataset(SourceDatasetArn=dataset_arn, DatasetName="copy")
    told = client.import_model_version(SourceModelVersionArn=f"{model_arn}/model-version/1", **MODEL, **DATASET)
    place = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "files/"}}
    asked = {"ModelVersion": 1, "ModelFileOutputConfiguration": place, "RoleArn": ROLE}
    export_id = client.export_model_version(**MODEL, **asked)["ExportId"]
    plant.work()
    file = client.describe_model_version_export(ExportId=export_id.upper())["ModelFileObject"]
    client.import_model_file(ModelFileObject=file, ModelName="from-file", RoleArn=ROLE, **DATASET)
    plant.work()
    imported = client.describe_model_version(**MODEL, ModelVersion=told["ModelVersion"])
    assert (imported["Status"], imported["LastUpdatedTime"]) == ("SUCCESS", imported["ImportJobEndTime"])
    current = client.update_active_model_version(**MODEL, ModelVersion=3)
    assert (current["CurrentActiveVersion"], current["PreviousActiveVersion"]) == (3, 1)
    client.update_inference_scheduler(**SCHEDULER, ShadowModelVersion=1)
    assert client.compare_inference_events(**SCHEDULER, **INTERVAL)["ComparedExecutions"] == 0


def of_lists(plant: Plant) -> None:
    """Every list has the same entries in pages of one."""
    named = DATASET | MODEL | SCHEDULER | GROUP | INTERVAL
    for operation in LISTS:
        members = service_model().operation_model(operation).input_shape
        if "MaxResults" not in members.members:
            continue
        request = {name: value for name, value in named.items() if name in members.required_members}
        if operation == "ListMaintenanceWindows":
            request = SCHEDULER
        call = getattr(plant.client, xform_name(operation))
        whole = entries(call(**request))
        assert whole, f"{operation} has nothing to list"
        assert list(walked(call, request)) == whole, operation


def of_the_end(plant: Plant) -> None:
    client = plant.client
    assert client.stop_inference_scheduler(**SCHEDULER)["Status"] == "STOPPING"
    plant.pass_time(plant.world.clock() + MINUTE)
    assert client.start_inference_scheduler(**SCHEDULER)["Status"] == "PENDING"
    client.stop_inference_scheduler(**SCHEDULER)
    client.stop_retraining_scheduler(**MODEL)
    plant.pass_time(plant.world.clock() + MINUTE)
    client.delete_inference_scheduler(**SCHEDULER)
    client.delete_retraining_scheduler(**MODEL)
    for name in ("model", "from-file"):
        client.delete_model(ModelName=name)
    for name in ("plant", "copy"):
        client.delete_dataset(DatasetName=name)
    client.delete_label_group(**GROUP)
    assert (client.list_models()["ModelSummaries"], client.list_datasets()["DatasetSummaries"]) == ([], [])


def policy_of(arn: str) -> dict[str, Any]:
    grant = {"Effect": "Allow", "Principal": "*", "Action": "lookoutequipment:ImportModelVersion", "Resource": arn}
    return {"Version": "2012-10-17", "Statement": [grant]}


def entries(answer: dict[str, Any]) -> list[dict[str, Any]]:
    (found,) = (value for value in answer.values() if isinstance(value, list))
    return found


def walked(call: Any, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = call(**request, **token, MaxResults=1)
        yield from entries(answer)
        if "NextToken" not in answer:
            return
        token = {"NextToken": answer["NextToken"]}
