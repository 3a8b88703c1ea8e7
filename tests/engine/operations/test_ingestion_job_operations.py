"""Data ingestion jobs through boto3."""

import re
from typing import Any

import pytest
from engine_world import INGESTION_INPUT, ROLE, World, refused

from service.engine.resources import Nudge
from service.engine.store import ingestion_jobs
from service.quotas import Quotas

QUOTAS = Quotas()
START: dict[str, Any] = {"IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE}


def start(world: World, dataset: str = "plant") -> str:
    return world.client.start_data_ingestion_job(DatasetName=dataset, **START)["JobId"]


def test_start_answers_a_job_in_progress_and_nudges_the_trainer(world_both_ways: World):
    world = world_both_ways
    world.client.create_dataset(DatasetName="plant")
    answer = world.client.start_data_ingestion_job(DatasetName="plant", **START)
    assert answer["Status"] == "IN_PROGRESS"
    assert re.fullmatch("[0-9a-f]{32}", answer["JobId"])
    assert world.resources.queue.sent == [Nudge("training", "run_ingestion", answer["JobId"])]
    assert world.client.describe_dataset(DatasetName="plant")["Status"] == "INGESTION_IN_PROGRESS"


def test_describe_shows_what_was_asked_and_leaves_out_what_is_not_known_yet(world_both_ways: World):
    world = world_both_ways
    arn = world.dataset()["DatasetArn"]
    told = world.client.describe_data_ingestion_job(JobId=start(world))
    assert (told["DatasetArn"], told["IngestionInputConfiguration"], told["RoleArn"]) == (arn, INGESTION_INPUT, ROLE)
    assert told["Status"] == "IN_PROGRESS"
    assert not told.keys() & {"FailedReason", "DataQualitySummary", "IngestedFilesSummary", "IngestedDataSize"}


def test_describe_shows_what_the_work_has_found(world: World):
    world.dataset()
    job_id = start(world)
    files = {"TotalNumberOfFiles": 1, "IngestedNumberOfFiles": 1, "DiscardedFiles": []}
    with world.resources.database.begin() as connection:
        ingestion_jobs.end(
            connection, job_id, status="SUCCESS", ingested_files_summary=files, ingested_data_size=51535331
        )
    told = world.client.describe_data_ingestion_job(JobId=job_id)
    assert (told["IngestedFilesSummary"], told["IngestedDataSize"]) == (files, 51535331)


def test_a_second_job_on_a_dataset_is_a_conflict_while_the_first_runs(world_both_ways: World):
    world_both_ways.dataset()
    start(world_both_ways)
    refused("ConflictException", world_both_ways.client.start_data_ingestion_job, DatasetName="plant", **START)


def test_an_unknown_dataset_is_not_found(world_both_ways: World):
    refused("ResourceNotFoundException", world_both_ways.client.start_data_ingestion_job, DatasetName="none", **START)


@pytest.mark.parametrize("job_id", ["0" * 32, "ab"])
def test_an_unknown_job_is_not_found(world_both_ways: World, job_id: str):
    refused("ResourceNotFoundException", world_both_ways.client.describe_data_ingestion_job, JobId=job_id)


def test_a_sixth_pending_job_exceeds_the_quota_and_a_job_that_ends_makes_room(world: World):
    for number in range(QUOTAS.pending_ingestion_jobs + 1):
        world.client.create_dataset(DatasetName=f"d{number}")
    jobs = [start(world, f"d{number}") for number in range(QUOTAS.pending_ingestion_jobs)]
    refused("ServiceQuotaExceededException", world.client.start_data_ingestion_job, DatasetName="d5", **START)
    with world.resources.database.begin() as connection:
        ingestion_jobs.end(connection, jobs[0], status="FAILED")
    assert start(world, "d5")


def test_the_list_is_newest_first_and_filters_by_dataset_and_status(world: World):
    for name in ("a", "b"):
        world.client.create_dataset(DatasetName=name)
    first = start(world, "a")
    world.clock.move(minutes=1)
    second = start(world, "b")
    with world.resources.database.begin() as connection:
        ingestion_jobs.end(connection, first, status="SUCCESS")

    def ids(**filters: str) -> list[str]:
        found = world.client.list_data_ingestion_jobs(**filters)["DataIngestionJobSummaries"]
        return [entry["JobId"] for entry in found]

    assert ids() == [second, first]
    assert ids(DatasetName="a") == [first]
    assert ids(DatasetName="none") == []
    assert ids(Status="IN_PROGRESS") == [second]


def test_pages_of_jobs_started_at_the_same_instant_lose_none(world: World):
    for number in range(3):
        world.client.create_dataset(DatasetName=f"d{number}")
    started = {start(world, f"d{number}") for number in range(3)}
    seen, token = set(), ""
    while token is not None:
        answer = world.client.list_data_ingestion_jobs(MaxResults=1, NextToken=token)
        seen |= {entry["JobId"] for entry in answer["DataIngestionJobSummaries"]}
        token = answer.get("NextToken")
    assert seen == started
