"""ListSensorStatistics through boto3, over rows as ingestions leave them."""

from typing import Any
from uuid import uuid4

import pytest
from engine_world import INGESTION_INPUT, ROLE, World, refused

from service.engine.store import ingestion_jobs, sensor_statistics

NOTHING = {"Count": 0, "Percentage": 0.0}
FINE = {"Status": "NO_ISSUE_DETECTED"}
STATISTICS = {
    "DataExists": True,
    "MissingValues": {"Count": 3, "Percentage": 0.25},
    "InvalidValues": NOTHING,
    "InvalidDateEntries": NOTHING,
    "DuplicateTimestamps": NOTHING,
    "CategoricalValues": {"Status": "POTENTIAL_ISSUE_DETECTED", "NumberOfCategory": 2},
    "MultipleOperatingModes": FINE,
    "LargeTimestampGaps": FINE,
    "MonotonicValues": {"Status": "POTENTIAL_ISSUE_DETECTED", "Monotonicity": "INCREASING"},
}


def job(world: World, *sensors: str, dataset: str = "plant", becomes_content: bool = True) -> str:
    """A job that has succeeded and found these sensors, ``component.sensor``."""
    asked = {"DatasetName": dataset, "IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE}
    job_id = world.client.start_data_ingestion_job(**asked)["JobId"]
    rows = [
        dict(zip(("component", "sensor"), name.split("."), strict=True))
        | {"statistics": STATISTICS, "data_start_time": world.clock(), "data_end_time": None}
        for name in sensors
    ]
    with world.resources.database.begin() as connection:
        ingestion_jobs.end(connection, job_id, status="SUCCESS")
        sensor_statistics.add_all(connection, job_id, rows)
    world.done_ingesting(dataset, job_id=job_id if becomes_content else None)
    return job_id


def listed(world: World, **more: Any) -> list[str]:
    found = world.client.list_sensor_statistics(**{"DatasetName": "plant"} | more)["SensorStatisticsSummaries"]
    return [f"{entry['ComponentName']}.{entry['SensorName']}" for entry in found]


def test_every_member_is_shown_and_times_that_are_not_known_are_left_out(world_both_ways: World):
    world = world_both_ways
    world.dataset()
    job(world, "pump.Sensor0")
    (entry,) = world.client.list_sensor_statistics(DatasetName="plant")["SensorStatisticsSummaries"]
    names = {"ComponentName": "pump", "SensorName": "Sensor0"}
    assert entry == STATISTICS | names | {"DataStartTime": world.clock()}


def test_sensors_are_in_the_order_of_texts_and_page_by_page(world: World):
    world.dataset()
    job(world, "pump.Sensor2", "pump.Sensor10", "pump.Sensor1", "motor.b", "motor.B", "Pump.a", "pump.sensor")
    wanted = [
        "Pump.a", "motor.B", "motor.b", "pump.Sensor1", "pump.Sensor10", "pump.Sensor2", "pump.sensor",
    ]  # fmt: skip
    assert listed(world) == wanted
    first = world.client.list_sensor_statistics(DatasetName="plant", MaxResults=4)
    assert listed(world, NextToken=first["NextToken"]) == wanted[4:]


def test_the_statistics_of_an_earlier_job_stay(world: World):
    world.dataset()
    first = job(world, "pump.old")
    job(world, "pump.new")
    assert listed(world) == ["pump.new"]
    assert listed(world, IngestionJobId=first) == listed(world, IngestionJobId=first.upper()) == ["pump.old"]


def test_a_dataset_without_content_has_none(world: World):
    world.client.create_dataset(DatasetName="plant")
    assert listed(world) == []


def test_a_job_that_has_not_succeeded_has_none(world: World):
    world.dataset()
    asked = {"DatasetName": "plant", "IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE}
    assert listed(world, IngestionJobId=world.client.start_data_ingestion_job(**asked)["JobId"]) == []


def test_an_unknown_dataset_is_not_found(world_both_ways: World):
    refused("ResourceNotFoundException", world_both_ways.client.list_sensor_statistics, DatasetName="none")


def test_a_job_is_found_in_its_own_dataset_only(world: World):
    world.dataset()
    world.dataset("other")
    job_id = job(world, "pump.a")
    for asked in ({"IngestionJobId": uuid4().hex}, {"DatasetName": "other", "IngestionJobId": job_id}):
        asked = {"DatasetName": "plant"} | asked
        refused("ResourceNotFoundException", world.client.list_sensor_statistics, **asked)


@pytest.mark.parametrize("wrong", [{"IngestionJobId": "no hex"}, {"MaxResults": 501}, {"NextToken": "W10="}])
def test_what_cannot_be_is_a_validation_error(world: World, wrong: dict[str, Any]):
    world.dataset()
    refused("ValidationException", world.client.list_sensor_statistics, DatasetName="plant", **wrong)


def test_a_copied_dataset_gets_the_statistics_of_the_original(world: World):
    world.dataset()
    world.dataset("copy")
    original, copied = job(world, "pump.a", "pump.b"), job(world, dataset="copy")
    with world.resources.database.begin() as connection:
        sensor_statistics.copy(connection, original, copied)
    assert listed(world, DatasetName="copy") == ["pump.a", "pump.b"]


def test_they_go_with_the_dataset(world: World):
    world.dataset()
    job_id = job(world, "pump.a")
    world.client.delete_dataset(DatasetName="plant")
    with world.resources.database.begin() as connection:
        assert sensor_statistics.page(connection, job_id, after=None, limit=5) == []
