"""ImportDataset: what is asked for, what is refused. What a worker then copies is tested in test_imports.py."""

import json

import pytest
from engine_world import INGESTION_INPUT, QUALITY, ROLE, SCHEMA, World, refused

from service.engine.resources import Nudge
from service.engine.store import ingestion_jobs

OTHER = "222222222222"


@pytest.fixture
def source(world: World) -> str:
    """The ARN of a dataset with content, whose owner lets the other account import it."""
    arn = world.content("plant")
    share(world, arn)
    return arn


@pytest.fixture
def there(world: World) -> World:
    return world.beside(account_id=OTHER)


def share(world: World, arn: str, effect: str = "Allow", account: str = OTHER) -> None:
    statement = {
        "Effect": effect,
        "Principal": {"AWS": account},
        "Action": "lookoutequipment:ImportDataset",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    world.client.put_resource_policy(ResourceArn=arn, ResourcePolicy=json.dumps(policy))


def test_an_import_is_under_way_as_soon_as_it_is_answered(there: World, source: str):
    told = there.client.import_dataset(SourceDatasetArn=source)
    assert (told["DatasetName"], told["Status"]) == ("plant", "IMPORT_IN_PROGRESS")
    assert f":{OTHER}:dataset/plant/" in told["DatasetArn"]
    assert Nudge("training", "run_import", told["JobId"]) in there.resources.queue.sent
    described = there.client.describe_dataset(DatasetName="plant")
    assert (described["Status"], described["SourceDatasetArn"]) == ("IMPORT_IN_PROGRESS", source)


def test_its_job_is_listed_and_described_with_what_the_source_found(there: World, source: str):
    job_id = there.client.import_dataset(SourceDatasetArn=source, DatasetName="copy")["JobId"]
    (listed,) = there.client.list_data_ingestion_jobs(Status="IMPORT_IN_PROGRESS")["DataIngestionJobSummaries"]
    assert (listed["JobId"], listed["DatasetName"]) == (job_id, "copy")
    job = there.client.describe_data_ingestion_job(JobId=job_id)
    assert (job["SourceDatasetArn"], job["IngestedDataSize"]) == (source, 77)
    assert job["DataQualitySummary"] == QUALITY
    assert not {"RoleArn", "IngestionInputConfiguration"} & set(job)


def test_tags_and_key_are_those_of_the_request(there: World, source: str):
    asked = {"Tags": [{"Key": "team", "Value": "b"}], "ServerSideKmsKeyId": "arn:aws:kms:eu-west-1:222222222222:key/k"}
    arn = there.client.import_dataset(SourceDatasetArn=source, **asked)["DatasetArn"]
    assert there.client.list_tags_for_resource(ResourceArn=arn)["Tags"] == asked["Tags"]
    assert there.client.describe_dataset(DatasetName="plant")["ServerSideKmsKeyId"] == asked["ServerSideKmsKeyId"]


def test_the_same_request_twice_is_one_import(there: World, source: str):
    first, second = (there.client.import_dataset(SourceDatasetArn=source, ClientToken="t") for _ in range(2))
    assert first["JobId"] == second["JobId"]


def test_ones_own_datasets_need_no_policy_in_another_region_or_under_another_name(world: World):
    arn = world.content("plant")
    assert world.beside(region="elsewhere-" + world.region).client.import_dataset(SourceDatasetArn=arn)["JobId"]
    assert world.client.import_dataset(SourceDatasetArn=arn, DatasetName="copy")["JobId"]


@pytest.mark.parametrize("grant", [None, ("Deny", OTHER), ("Allow", "333333333333")])
def test_without_the_owners_leave_an_import_is_denied(world: World, there: World, grant: tuple[str, str] | None):
    arn = world.content("plant")
    if grant:
        share(world, arn, *grant)
    assert OTHER in refused("AccessDeniedException", there.client.import_dataset, SourceDatasetArn=arn)


def test_whether_another_account_has_a_dataset_is_not_told(there: World, source: str):
    refused("AccessDeniedException", there.client.import_dataset, SourceDatasetArn=source + "0")


def test_ones_own_dataset_that_is_not_there_is_not_found(world: World, source: str):
    for arn in (source + "0", source.replace("plant", "plan"), source.replace(world.region, "elsewhere")):
        refused("ResourceNotFoundException", world.client.import_dataset, SourceDatasetArn=arn, DatasetName="copy")


def test_a_policy_that_is_taken_back_allows_no_more(world: World, there: World, source: str):
    world.client.delete_resource_policy(ResourceArn=source)
    refused("AccessDeniedException", there.client.import_dataset, SourceDatasetArn=source)


def test_a_dataset_without_content_cannot_be_imported(world: World):
    arn = world.client.create_dataset(DatasetName="empty")["DatasetArn"]
    asked = {"SourceDatasetArn": arn, "DatasetName": "copy"}
    assert "no content" in refused("ConflictException", world.client.import_dataset, **asked)


def test_a_dataset_is_not_imported_onto_itself(world: World, source: str):
    refused("ValidationException", world.client.import_dataset, SourceDatasetArn=source)


def test_a_dataset_that_is_being_filled_is_not_overwritten(world: World, there: World, source: str):
    there.client.create_dataset(DatasetName="plant")
    there.client.start_data_ingestion_job(
        DatasetName="plant", IngestionInputConfiguration=INGESTION_INPUT, RoleArn=ROLE
    )
    assert "being ingested" in refused("ConflictException", there.client.import_dataset, SourceDatasetArn=source)
    there.client.import_dataset(SourceDatasetArn=source, DatasetName="other")
    asked = {"SourceDatasetArn": source, "DatasetName": "other"}
    assert "being imported" in refused("ConflictException", there.client.import_dataset, **asked)


@pytest.mark.parametrize("call", ["ingest", "delete", "train"])
def test_a_dataset_that_is_being_imported_is_left_alone(there: World, source: str, call: str):
    there.client.import_dataset(SourceDatasetArn=source)
    calls = {
        "ingest": lambda **asked: there.client.start_data_ingestion_job(
            IngestionInputConfiguration=INGESTION_INPUT, RoleArn=ROLE, **asked
        ),
        "delete": there.client.delete_dataset,
        "train": lambda **asked: there.client.create_model(ModelName="m", **asked),
    }
    refused("ConflictException", calls[call], DatasetName="plant")


def test_a_dataset_whose_models_need_other_sensors_is_not_overwritten(world: World):
    small = {"DatasetSchema": {"InlineDataSchema": json.dumps({"Components": SCHEMA["Components"][:1]})}}
    arn = world.content("small", **small)
    world.model()  # of the dataset `plant`, with the motor
    asked = {"SourceDatasetArn": arn, "DatasetName": "plant"}
    assert "motor\\Current" in refused("ConflictException", world.client.import_dataset, **asked)


def test_datasets_and_pending_jobs_are_bounded_for_imports_too(there: World, source: str):
    jobs = [
        there.client.import_dataset(SourceDatasetArn=source, DatasetName=f"copy{number}")["JobId"]
        for number in range(5)
    ]
    asked = {"SourceDatasetArn": source, "DatasetName": "one-too-many"}
    assert "pending" in refused("ServiceQuotaExceededException", there.client.import_dataset, **asked)
    with there.resources.database.begin() as connection:
        assert all(ingestion_jobs.end(connection, job_id, status="SUCCESS") for job_id in jobs)
    for number in range(10):
        there.client.create_dataset(DatasetName=f"made{number}")
    assert "datasets" in refused("ServiceQuotaExceededException", there.client.import_dataset, **asked)
