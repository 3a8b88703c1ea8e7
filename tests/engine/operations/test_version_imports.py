"""ImportModelVersion: what is asked for, what is refused. What a worker then copies is tested in test_imports.py."""

import json
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA, World, refused, scheduler_request

OTHER = "222222222222"
RATE = {"TargetSamplingRate": "PT5M"}
PUMP_ALONE = {"InlineDataSchema": json.dumps({"Components": SCHEMA["Components"][:1]})}


@pytest.fixture
def source(world: World) -> str:
    """The ARN of a trained version, whose owner lets the other account import it."""
    made = world.model(DataPreProcessingConfiguration=RATE, OffCondition="motor\\Current<1")
    world.done_training(
        "pump-model",
        artefact_prefix="models/one/1/",
        model_metrics='{"labeled_ranges":[]}',
        model_quality="POOR_QUALITY_DETECTED",
    )
    share(world, made["ModelArn"])
    return f"{made['ModelArn']}/model-version/1"


@pytest.fixture
def there(world: World) -> World:
    """Another account with a dataset of the same sensors."""
    there = world.beside(account_id=OTHER)
    there.dataset()
    return there


def share(world: World, arn: str, effect: str = "Allow") -> None:
    statement = {
        "Effect": effect,
        "Principal": {"AWS": OTHER},
        "Action": "lookoutequipment:ImportModelVersion",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    world.client.put_resource_policy(ResourceArn=arn, ResourcePolicy=json.dumps(policy))


def take(world: World, source: str, **more: Any) -> dict[str, Any]:
    return world.client.import_model_version(SourceModelVersionArn=source, **{"DatasetName": "plant"} | more)


def refused_to_take(code: str, world: World, source: str, **more: Any) -> str:
    asked = {"SourceModelVersionArn": source, "DatasetName": "plant"} | more
    return refused(code, world.client.import_model_version, **asked)


def test_a_new_model_is_under_way_with_its_first_version(there: World, source: str):
    told = take(there, source)
    assert (told["ModelName"], told["ModelVersion"], told["Status"]) == ("pump-model", 1, "IMPORT_IN_PROGRESS")
    assert told["ModelVersionArn"] == f"{told['ModelArn']}/model-version/1"
    assert f":{OTHER}:model/pump-model/" in told["ModelArn"]
    assert [nudge.task for nudge in there.resources.queue.sent][-1:] == ["run_import"]
    model = there.client.describe_model(ModelName="pump-model")
    assert (model["Status"], model["DatasetName"]) == ("IMPORT_IN_PROGRESS", "plant")
    assert "ActiveModelVersion" not in model


def test_the_version_takes_over_what_it_was_made_from_and_how_good_it_was(there: World, source: str):
    take(there, source)
    told = there.client.describe_model_version(ModelName="pump-model", ModelVersion=1)
    assert (told["SourceType"], told["SourceModelVersionArn"]) == ("IMPORT", source)
    assert told["ImportJobStartTime"] == there.clock()
    assert json.loads(told["Schema"]) == SCHEMA
    assert (told["DataPreProcessingConfiguration"], told["OffCondition"]) == (RATE, "motor\\Current<1")
    assert (told["ModelMetrics"], told["ModelQuality"]) == ('{"labeled_ranges":[]}', "POOR_QUALITY_DETECTED")


def test_labels_role_key_and_tags_are_those_of_the_request(world: World, there: World):
    labels = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
    arn = world.model("labelled", LabelsInputConfiguration=labels, RoleArn=ROLE)["ModelArn"]
    share(world, arn)
    plain = take(there, f"{arn}/model-version/1", ModelName="plain")
    assert not {"LabelsInputConfiguration", "RoleArn"} & set(there.client.describe_model(ModelName=plain["ModelName"]))
    elsewhere = {"S3InputConfiguration": {"Bucket": "other-data", "Prefix": "labels/"}}
    asked = {"LabelsInputConfiguration": elsewhere, "RoleArn": ROLE, "Tags": [{"Key": "team", "Value": "b"}]}
    own = take(there, f"{arn}/model-version/1", ModelName="own", **asked)
    assert there.client.describe_model(ModelName="own")["LabelsInputConfiguration"] == elsewhere
    assert there.client.list_tags_for_resource(ResourceArn=own["ModelArn"])["Tags"] == asked["Tags"]


def test_a_label_group_has_to_be_the_callers_own(world: World, there: World, source: str):
    world.client.create_label_group(LabelGroupName="faults")
    refused_to_take("ResourceNotFoundException", there, source, LabelsInputConfiguration={"LabelGroupName": "faults"})


def test_labels_in_s3_need_a_role(there: World, source: str):
    labels = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
    refused_to_take("ValidationException", there, source, LabelsInputConfiguration=labels)


def test_a_model_that_is_there_gets_its_next_version(there: World, source: str):
    there.model(DataPreProcessingConfiguration=RATE)
    told = take(there, source)
    assert (told["ModelVersion"], told["Status"]) == (2, "IMPORT_IN_PROGRESS")
    model = there.client.describe_model(ModelName="pump-model")
    assert (model["Status"], model["ActiveModelVersion"]) == ("SUCCESS", 1)


def test_labels_that_come_along_are_for_later_versions_of_a_model_too(there: World, source: str):
    there.model(DataPreProcessingConfiguration=RATE, RoleArn=ROLE)
    other = ROLE.replace("lookout", "other")
    take(there, source, RoleArn=other)
    model = there.client.describe_model(ModelName="pump-model")
    assert ("LabelsInputConfiguration" in model, model["RoleArn"]) == (False, ROLE)
    labels = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
    take(there, source, RoleArn=other, LabelsInputConfiguration=labels)
    model = there.client.describe_model(ModelName="pump-model")
    assert (model["LabelsInputConfiguration"], model["RoleArn"]) == (labels, other)


def test_the_same_request_twice_is_one_version(there: World, source: str):
    assert len({take(there, source, ClientToken="t")["ModelVersionArn"] for _ in range(2)}) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "TargetSamplingRate"),
        ({"DataPreProcessingConfiguration": RATE, "DatasetSchema": PUMP_ALONE}, "other sensors"),
    ],
)
def test_a_version_of_another_kind_does_not_join_a_model(there: World, source: str, more: dict[str, Any], said: str):
    there.model(**more)
    assert said in refused_to_take("ValidationException", there, source)
    assert take(there, source, ModelName="of-its-own")["ModelVersion"] == 1


def test_a_version_does_not_join_a_model_of_another_dataset(there: World, source: str):
    there.model(DataPreProcessingConfiguration=RATE)
    there.dataset("second")
    assert "'second'" in refused_to_take("ValidationException", there, source, DatasetName="second")


@pytest.mark.parametrize("status", ["IN_PROGRESS", "IMPORT_IN_PROGRESS"])
def test_a_model_under_way_gets_no_further_version(there: World, source: str, status: str):
    if status == "IN_PROGRESS":
        there.model(status="IN_PROGRESS", DataPreProcessingConfiguration=RATE)
    else:
        take(there, source)
    assert status in refused_to_take("ConflictException", there, source)


def test_a_version_that_is_not_trained_cannot_be_imported(world: World, there: World):
    arn = world.model(status="FAILED")["ModelArn"]
    share(world, arn)
    assert "FAILED" in refused_to_take("ConflictException", there, f"{arn}/model-version/1")


def test_a_dataset_has_to_be_there_first_with_content(there: World, source: str):
    refused_to_take("ResourceNotFoundException", there, source, DatasetName="none")
    there.client.create_dataset(DatasetName="empty")
    refused_to_take("ConflictException", there, source, DatasetName="empty")


def test_a_dataset_has_to_have_the_sensors_of_the_version(there: World, source: str):
    there.dataset("small", DatasetSchema=PUMP_ALONE)
    assert "motor\\Current" in refused_to_take("ValidationException", there, source, DatasetName="small")


def test_without_the_owners_leave_an_import_is_denied(world: World, there: World, source: str):
    world.client.delete_resource_policy(ResourceArn=source.partition("/model-version/")[0])
    refused_to_take("AccessDeniedException", there, source)
    share(world, source)
    assert take(there, source)["ModelVersion"] == 1


def test_of_the_policies_of_model_and_version_the_stricter_wins(world: World, there: World, source: str):
    share(world, source, "Deny")
    refused_to_take("AccessDeniedException", there, source)


def test_leave_to_import_datasets_is_none_to_import_versions(world: World, there: World, source: str):
    arn = source.partition("/model-version/")[0]
    statement = {"Effect": "Allow", "Principal": "*", "Action": "lookoutequipment:ImportDataset", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.client.put_resource_policy(ResourceArn=arn, ResourcePolicy=policy)
    refused_to_take("AccessDeniedException", there, source)


def test_whether_another_account_has_a_version_is_told_to_those_who_may_have_it(there: World, source: str):
    refused_to_take("AccessDeniedException", there, source.replace("pump-model", "none"))
    refused_to_take("ResourceNotFoundException", there, source + "0")


def test_ones_own_version_that_is_not_there_is_not_found(world: World, source: str):
    for arn in (source + "0", source.replace("pump-model", "none"), source.replace(world.region, "elsewhere")):
        refused_to_take("ResourceNotFoundException", world, arn, ModelName="copy")


def test_ones_own_versions_need_no_policy(world: World, source: str):
    world.client.delete_resource_policy(ResourceArn=source.partition("/model-version/")[0])
    assert take(world, source, ModelName="copy")["ModelVersion"] == 1


@pytest.mark.parametrize("call", ["delete", "schedule", "activate", "update"])
def test_a_model_that_is_being_imported_is_left_alone(there: World, source: str, call: str):
    take(there, source)
    client = there.client
    calls = {
        "delete": client.delete_model,
        "schedule": lambda **asked: client.create_inference_scheduler(**asked, **scheduler_request("s")),
        "activate": lambda **asked: client.update_active_model_version(ModelVersion=1, **asked),
        "update": lambda **asked: client.update_model(RoleArn=ROLE, **asked),
    }
    refused("ConflictException", calls[call], ModelName="pump-model")


def test_models_are_bounded_for_imports_too(there: World, source: str):
    for number in range(15):
        there.model(f"model{number}")
    assert "models" in refused_to_take("ServiceQuotaExceededException", there, source, ModelName="one-too-many")
