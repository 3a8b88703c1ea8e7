"""UpdateModel through boto3."""

from typing import Any

import pytest
from engine_world import ROLE, World, refused

OTHER_ROLE = "arn:aws:iam::123456789012:role/another"
LABELS = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "labels/"}}
OTHER_LABELS = {"S3InputConfiguration": {"Bucket": "sensor-data", "Prefix": "more-labels/"}}
DIAGNOSTICS = {"S3OutputConfiguration": {"Bucket": "sensor-data", "Prefix": "diagnostics/"}}


def described(world: World) -> dict[str, Any]:
    return world.client.describe_model(ModelName="m")


def test_an_update_is_for_later_versions_only(world_both_ways: World):
    world = world_both_ways
    world.model("m", LabelsInputConfiguration=LABELS, RoleArn=ROLE)
    world.clock.move(hours=1)
    changed = {
        "LabelsInputConfiguration": OTHER_LABELS,
        "RoleArn": OTHER_ROLE,
        "ModelDiagnosticsOutputConfiguration": DIAGNOSTICS,
    }
    answer = world.client.update_model(ModelName="m", **changed)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
    told = described(world)
    assert {name: told[name] for name in changed} == changed
    assert told["LastUpdatedTime"] == world.clock()
    version = world.client.describe_model_version(ModelName="m", ModelVersion=1)
    assert (version["LabelsInputConfiguration"], version["RoleArn"]) == (LABELS, ROLE)
    assert "ModelDiagnosticsOutputConfiguration" not in version
    later = world.client.describe_model_version(ModelName="m", ModelVersion=world.done_retraining("m"))
    assert {name: later[name] for name in changed} == changed


def test_what_is_left_out_keeps_its_value(world: World):
    world.model("m", LabelsInputConfiguration=LABELS, RoleArn=ROLE)
    world.client.update_model(ModelName="m", RoleArn=OTHER_ROLE)
    told = described(world)
    assert (told["LabelsInputConfiguration"], told["RoleArn"]) == (LABELS, OTHER_ROLE)


def test_an_empty_structure_takes_the_labels_away(world: World):
    """There would be no other way back to a model without labels."""
    world.model("m", LabelsInputConfiguration=LABELS, RoleArn=ROLE)
    world.client.update_model(ModelName="m", LabelsInputConfiguration={})
    assert "LabelsInputConfiguration" not in described(world)


def test_the_role_may_be_there_already(world: World):
    world.model("m", LabelsInputConfiguration=LABELS, RoleArn=ROLE)
    world.client.update_model(ModelName="m", ModelDiagnosticsOutputConfiguration=DIAGNOSTICS)
    assert described(world)["ModelDiagnosticsOutputConfiguration"] == DIAGNOSTICS


@pytest.mark.parametrize(
    "changed",
    [{"LabelsInputConfiguration": LABELS}, {"ModelDiagnosticsOutputConfiguration": DIAGNOSTICS}],
)
def test_places_in_s3_need_a_role(world: World, changed: dict[str, Any]):
    world.model("m")
    said = refused("ValidationException", world.client.update_model, ModelName="m", **changed)
    assert "RoleArn is needed" in said


def test_a_malformed_role_is_a_validation_error(world: World):
    world.model("m")
    refused("ValidationException", world.client.update_model, ModelName="m", RoleArn="arn:aws:iam::1:user/somebody")


def test_a_label_group_has_to_be_there(world: World):
    world.model("m")
    changed = {"LabelsInputConfiguration": {"LabelGroupName": "nobody"}}
    assert "nobody" in refused("ResourceNotFoundException", world.client.update_model, ModelName="m", **changed)


def test_a_model_has_to_be_there(client: Any):
    refused("ResourceNotFoundException", client.update_model, ModelName="nobody", RoleArn=ROLE)


def test_a_model_is_not_updated_while_its_first_version_is_made(world: World):
    world.model("m", status="IN_PROGRESS")
    assert "IN_PROGRESS" in refused("ConflictException", world.client.update_model, ModelName="m", RoleArn=ROLE)
