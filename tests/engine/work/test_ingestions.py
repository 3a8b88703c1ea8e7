"""Data ingestion: CSV files by the layout rules become the dataset's content; through boto3 and S3."""

import json
from functools import partial
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA
from plant import MINUTE, SENSORS, Plant, at, broken, csv_of, minutes_of

from service.engine.detection import Readings
from service.engine.objects import StoredObject
from service.engine.work.bucket.dataset_copies import read_between, read_index
from service.engine.work.frames.alignment import stacked
from service.engine.work.frames.csv_blocks import tables_of
from service.engine.work.frames.sorted_runs import SortedRuns
from service.engine.work.ingestion import components
from service.engine.work.ingestion.layout import layout_of, sort_files

START = at("2026-02-01")
PUMP, MOTOR = (csv_of(component, minutes_of(START, START + 30 * MINUTE)) for component in ("pump", "motor"))


def dataset(plant: Plant, *, schema: dict | None = SCHEMA) -> None:
    said = {"DatasetSchema": {"InlineDataSchema": json.dumps(schema)}} if schema else {}
    plant.client.create_dataset(DatasetName="plant", ClientToken="once", **said)


def ingest(plant: Plant, pattern: str | None = None, prefix: str = "training/") -> dict[str, Any]:
    """Start a job, let the worker do it, and describe it."""
    source = {"Bucket": plant.bucket, "Prefix": prefix} | ({"KeyPattern": pattern} if pattern else {})
    job = plant.client.start_data_ingestion_job(
        DatasetName="plant", IngestionInputConfiguration={"S3InputConfiguration": source}, RoleArn=ROLE
    )
    assert job["Status"] == "IN_PROGRESS"
    assert described(plant)["Status"] == "INGESTION_IN_PROGRESS"
    plant.work()
    return plant.client.describe_data_ingestion_job(JobId=job["JobId"])


def described(plant: Plant) -> dict[str, Any]:
    return plant.client.describe_dataset(DatasetName="plant")


def copied(plant: Plant, job: dict[str, Any]):
    """The service copy, by component."""
    dataset_id = described(plant)["DatasetArn"].rpartition("/")[2]
    place = (plant.resources.objects, plant.resources.settings.engine_bucket, f"datasets/{dataset_id}/{job['JobId']}/")
    return {component: copied_component(place, component) for component in SENSORS}


def copied_component(place: tuple, component: str) -> Readings:
    index = read_index(*place, component)
    columns = [index.sensors.index(sensor) for sensor in SENSORS[component]]
    pieces = [
        Readings(rows.times, rows.values, SENSORS[component])
        for rows in read_between(*place, index, columns, -(2**63), 2**63 - 1)
    ]
    return stacked(pieces)


def test_files_in_a_folder_per_component_become_the_content(plant):
    dataset(plant)
    plant.put("training/pump/first.csv", PUMP)
    plant.put("training/pump/second.csv", csv_of("pump", minutes_of(START + 30 * MINUTE, START + 40 * MINUTE)))
    plant.put("training/motor/all.csv", MOTOR)
    job = ingest(plant)
    assert (job["Status"], described(plant)["Status"]) == ("SUCCESS", "ACTIVE")
    assert job["IngestedFilesSummary"] == {
        "TotalNumberOfFiles": 3,
        "IngestedNumberOfFiles": 3,
        "DiscardedFiles": [],
    }
    assert (job["DataStartTime"], job["DataEndTime"]) == (START + MINUTE, START + 40 * MINUTE)
    assert job["IngestedDataSize"] > len(PUMP) + len(MOTOR)
    assert {name: len(readings) for name, readings in copied(plant, job).items()} == {"pump": 40, "motor": 30}


@pytest.mark.parametrize("delimiter", ["_", "-", ".", " "])
def test_a_key_pattern_takes_the_component_from_the_name_of_the_file(plant, delimiter):
    dataset(plant)
    plant.put(f"training/pump{delimiter}2026.csv", PUMP)
    plant.put(f"training/motor{delimiter}2026.csv", MOTOR)
    job = ingest(plant, f"{{prefix}}/{{component_name}}{delimiter}*")
    assert job["Status"] == "SUCCESS", job


def test_of_two_components_that_fit_a_name_the_longer_wins(plant):
    components = [{**SCHEMA["Components"][0], "ComponentName": name} for name in ("pump", "pump_2")]
    dataset(plant, schema={"Components": components})
    plant.put("training/pump_2026.csv", PUMP)
    plant.put("training/pump_2_2026.csv", csv_of("pump", minutes_of(START, START + MINUTE)))
    job = ingest(plant, "{prefix}/{component_name}_*")
    assert job["IngestedFilesSummary"]["IngestedNumberOfFiles"] == 2
    assert job["Status"] == "SUCCESS"


def test_a_key_pattern_of_another_form_is_refused_with_the_forms_there_are(plant):
    dataset(plant)
    job = ingest(plant, "{prefix}/data/{component_name}.csv")
    assert job["Status"] == "FAILED"
    assert job["FailedReason"].startswith("The KeyPattern '{prefix}/data/{component_name}.csv' is not understood")


def test_without_a_schema_it_is_found_in_the_files(plant):
    dataset(plant, schema=None)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    assert ingest(plant)["Status"] == "SUCCESS"
    found = json.loads(described(plant)["Schema"])
    by_name = {component["ComponentName"]: component["Columns"] for component in found["Components"]}
    assert by_name == {component["ComponentName"]: component["Columns"] for component in SCHEMA["Components"]}


def test_a_schema_that_was_found_stays_for_later_jobs(plant):
    dataset(plant, schema=None)
    plant.put("training/pump/all.csv", PUMP)
    assert ingest(plant)["Status"] == "SUCCESS"
    found = described(plant)["Schema"]
    plant.put("training/motor/all.csv", MOTOR)
    files = ingest(plant)["IngestedFilesSummary"]
    assert files["DiscardedFiles"] == [{"Bucket": plant.bucket, "Key": "training/motor/all.csv"}]
    assert described(plant)["Schema"] == found


def test_a_component_without_a_file_fails_the_job_and_says_where_it_looked(plant):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    job = ingest(plant)
    assert (job["Status"], described(plant)["Status"]) == ("FAILED", "CREATED")
    assert job["FailedReason"] == (
        f"No CSV file for component motor was found under 's3://{plant.bucket}/training/motor/'. "
        "There are files for pump."
    )


def test_an_empty_prefix_in_the_bucket_fails_the_job(plant):
    dataset(plant, schema=None)
    plant.put("other/pump/all.csv", PUMP)
    assert ingest(plant)["FailedReason"] == f"No CSV file was found under 's3://{plant.bucket}/training/<component>/'."


def test_misplaced_files_are_named(plant):
    dataset(plant)
    plant.put("training/Pump/all.csv", PUMP)
    said = ingest(plant)["FailedReason"]
    assert said.endswith(f"Found s3://{plant.bucket}/training/Pump/all.csv, which fits no component.")


def test_a_failed_job_leaves_the_content_as_it_was(plant):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    first = ingest(plant)
    assert ingest(plant, prefix="nothing/")["Status"] == "FAILED"
    assert described(plant)["Status"] == "ACTIVE"
    assert len(copied(plant, first)["pump"]) == 30


def test_what_is_bad_is_counted_and_the_rest_is_taken(plant):
    dataset(plant)
    rows = PUMP.splitlines()
    rows[1] = "not a time,1,2"
    rows[2] = rows[2].split(",")[0] + ",,"
    rows[3] = rows[3].split(",")[0] + ",1,high"
    rows[5] = rows[4]
    plant.put("training/pump/all.csv", "\n".join(rows))
    plant.put("training/pump/readme.txt", "no table")
    plant.put("training/pump/strange.csv", "only one line")
    plant.put("training/motor/all.csv", MOTOR)
    job = ingest(plant)
    assert job["Status"] == "SUCCESS"
    assert job["DataQualitySummary"] == {
        "InsufficientSensorData": {
            "MissingCompleteSensorData": {"AffectedSensorCount": 0},
            "SensorsWithShortDateRange": {"AffectedSensorCount": 3},
        },
        "MissingSensorData": {"AffectedSensorCount": 2, "TotalNumberOfMissingValues": 2},
        "InvalidSensorData": {"AffectedSensorCount": 1, "TotalNumberOfInvalidValues": 1},
        "UnsupportedTimestamps": {"TotalNumberOfUnsupportedTimestamps": 1},
        "DuplicateTimestamps": {"TotalNumberOfDuplicateTimestamps": 1},
    }
    summary = job["IngestedFilesSummary"]
    assert (summary["TotalNumberOfFiles"], summary["IngestedNumberOfFiles"]) == (4, 2)
    assert [entry["Key"] for entry in summary["DiscardedFiles"]] == [
        "training/pump/readme.txt",
        "training/pump/strange.csv",
    ]
    assert len(copied(plant, job)["pump"]) == 28


def test_a_sensor_no_file_has_is_counted_as_missing_completely(plant):
    dataset(plant)
    plant.put("training/pump/all.csv", "\n".join(row.rpartition(",")[0] for row in PUMP.splitlines()))
    plant.put("training/motor/all.csv", MOTOR)
    quality = ingest(plant)["DataQualitySummary"]
    assert quality["InsufficientSensorData"]["MissingCompleteSensorData"] == {"AffectedSensorCount": 1}


def test_a_component_whose_files_cannot_be_read_fails_the_job(plant):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", "")
    key = f"s3://{plant.bucket}/training/motor/all.csv"
    assert ingest(plant)["FailedReason"] == f"No file of component motor could be read; {key}: it is empty."


def test_a_component_without_one_usable_time_fails_the_job(plant):
    dataset(plant)
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", "Timestamp,Current\n1772370000,5\n")
    assert ingest(plant)["FailedReason"].startswith("No row of component motor has a time in an accepted layout")


def test_folders_of_the_console_are_no_files():
    """Not through S3: the embedded server keeps folders of its own and takes no object of that name."""
    entries = [StoredObject(key, 0, "", START) for key in ("training/pump/", "training/pump/all.csv")]
    files = sort_files(layout_of("training/", None), entries, ["pump"])
    assert [entry.key for entry in files.by_component["pump"]] == ["training/pump/all.csv"]
    assert files.discarded == []


def test_rows_are_brought_into_the_order_of_time(plant):
    dataset(plant)
    header, *rows = PUMP.splitlines()
    plant.put("training/pump/all.csv", "\n".join([header, *reversed(rows)]))
    plant.put("training/motor/all.csv", MOTOR)
    times = copied(plant, ingest(plant))["pump"].times
    assert (times[1:] > times[:-1]).all()


def test_a_bucket_that_is_gone_is_named(plant):
    dataset(plant)
    source = {"S3InputConfiguration": {"Bucket": "nobody-has-this", "Prefix": "training/"}}
    job = plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    plant.work()
    told = plant.client.describe_data_ingestion_job(JobId=job["JobId"])
    assert told["FailedReason"] == "The bucket 'nobody-has-this' does not exist."


def test_large_files_are_read_in_blocks_and_sorted_on_disk(plant, monkeypatch):
    """What memory holds is bounded; the content is the same, and a file whose last line is broken leaves nothing."""
    plant.put("training/pump/first.csv", PUMP)
    plant.put("training/pump/second.csv", csv_of("pump", minutes_of(START + 10 * MINUTE, START + 60 * MINUTE), broken))
    plant.put("training/pump/third.csv", csv_of("pump", minutes_of(START, START + 90 * MINUTE)) + "2026,1\n")
    plant.put("training/motor/all.csv", MOTOR)
    dataset(plant)
    whole = copied(plant, ingest(plant))["pump"]
    monkeypatch.setattr(components, "BATCH_BYTES", 100)
    monkeypatch.setattr(components, "BLOCK_BYTES", 300)
    monkeypatch.setattr(components, "tables_of", partial(tables_of, block_bytes=300))
    monkeypatch.setattr(components, "SortedRuns", partial(SortedRuns, run_cells=30))
    monkeypatch.setattr(components, "PIECE_CELLS", 20)
    job = ingest(plant)
    assert (job["Status"], job["IngestedFilesSummary"]["IngestedNumberOfFiles"]) == ("SUCCESS", 3)
    assert job["DataQualitySummary"]["DuplicateTimestamps"] == {"TotalNumberOfDuplicateTimestamps": 20}
    in_blocks = copied(plant, job)["pump"]
    assert (in_blocks.times == whole.times).all()
    assert (in_blocks.values == whole.values).all()
    assert len(whole) == 60
