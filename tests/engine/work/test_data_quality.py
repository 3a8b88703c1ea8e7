"""What an ingestion says about the data: statistics, summary, the issues in words, its bounds; over boto3 and S3."""

import json
from dataclasses import replace
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA
from plant import MINUTE, Plant, at, csv_of, minutes_of, plant_of

from service.engine.objects import StoredObject
from service.engine.work.ingestion import ingestions
from service.engine.work.ingestion.components import ingest_component
from service.engine.work.ingestion.limits import GIGABYTE, check_limits
from service.engine.work.ingestion.quality.accounts import ComponentAccount
from service.engine.work.ingestion.quality.issues import issues_in_words
from service.engine.work.problems import InputProblem
from service.quotas import Quotas

START = at("2026-02-01")
PUMP, MOTOR = (csv_of(component, minutes_of(START, START + 30 * MINUTE)) for component in ("pump", "motor"))
SPOILT = PUMP.splitlines()
SPOILT[1] = "not a time,1,2"
SPOILT[2] = SPOILT[2].split(",")[0] + ",,2"
SPOILT[3] = SPOILT[3].split(",")[0] + ",1,high"
SPOILT[5] = SPOILT[4]


def ingest(plant: Plant, *, schema: dict | None = SCHEMA) -> dict[str, Any]:
    """Ingest what lies under training/ into a dataset that is made if need be; the job as it is described."""
    if not plant.client.list_datasets()["DatasetSummaries"]:
        plant.client.create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": json.dumps(schema)})
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    job = plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    plant.work()
    return plant.client.describe_data_ingestion_job(JobId=job["JobId"])


def listed(plant: Plant, **more: Any) -> dict[str, dict[str, Any]]:
    found = plant.client.list_sensor_statistics(DatasetName="plant", **more)["SensorStatisticsSummaries"]
    return {f"{entry['ComponentName']}\\{entry['SensorName']}": entry for entry in found}


def test_each_sensor_has_its_statistics_with_its_own_times(plant):
    plant.put("training/pump/all.csv", "\n".join(SPOILT))
    plant.put("training/motor/all.csv", MOTOR)
    ingest(plant)
    found = listed(plant)
    assert list(found) == ["motor\\Current", "pump\\Sensor0", "pump\\Sensor1"]
    assert found["pump\\Sensor0"]["MissingValues"] == {"Count": 1, "Percentage": 3.3333}
    assert found["pump\\Sensor0"]["InvalidValues"]["Count"] == 0
    assert found["pump\\Sensor1"]["InvalidValues"]["Count"] == 1
    assert found["pump\\Sensor1"]["InvalidDateEntries"]["Count"] == 1
    assert found["pump\\Sensor1"]["DuplicateTimestamps"]["Count"] == 1
    assert found["motor\\Current"]["InvalidDateEntries"] == {"Count": 0, "Percentage": 0.0}
    assert found["motor\\Current"]["DataStartTime"] == START + MINUTE
    assert found["pump\\Sensor0"]["DataStartTime"] == START + 3 * MINUTE
    assert {entry["DataEndTime"] for entry in found.values()} == {START + 30 * MINUTE}


def test_every_kind_of_issue_is_told_in_words_under_its_code(plant):
    columns = SCHEMA["Components"][0]["Columns"]
    pump = {"ComponentName": "pump", "Columns": [*columns, {"Name": "Sensor9", "Type": "DOUBLE"}]}
    plant.put("training/pump/all.csv", "\n".join(SPOILT))
    plant.put("training/pump/strange.csv", "only one line")
    plant.put("training/motor/all.csv", MOTOR)
    plant.put("training/motor/readme.txt", "no table")
    job = ingest(plant, schema={"Components": [pump, SCHEMA["Components"][1]]})
    assert job["StatusDetail"].splitlines() == [
        "COMPLETE_SENSOR_DATA_MISSING: there is no value at all of pump\\Sensor9.",
        "DATA_MISSING_IN_COLUMN: cells empty: 1, cells that are no number: 1, in pump\\Sensor0, pump\\Sensor1.",
        "INSUFFICIENT_SENSOR_DATA: less than 14 days lie between first and last value of motor\\Current, "
        "pump\\Sensor0, pump\\Sensor1.",
        "UNSUPPORTED_DATE_FORMATS: rows left out because their time is in no accepted layout: 1, in component pump.",
        "DUPLICATE_TIMESTAMPS: rows replaced by a later one of the same time: 1, in component pump.",
        "FILES_NOT_INGESTED: files left out: 2, training/motor/readme.txt (it is no CSV file of a component), "
        "training/pump/strange.csv (its header has one column only, and a time and a sensor are needed).",
    ]
    summary = job["DataQualitySummary"]["InsufficientSensorData"]
    assert summary["MissingCompleteSensorData"]["AffectedSensorCount"] == 1
    assert summary["SensorsWithShortDateRange"]["AffectedSensorCount"] == 3


def test_good_data_of_more_than_two_weeks_have_nothing_told_about_them(plant):
    days = [START + number * 720 * MINUTE for number in range(30)]
    for component in ("pump", "motor"):
        plant.put(f"training/{component}/all.csv", csv_of(component, days))
    job = ingest(plant)
    assert job["Status"] == "SUCCESS"
    assert "StatusDetail" not in job
    assert plant.client.describe_dataset(DatasetName="plant")["DataQualitySummary"] == job["DataQualitySummary"]


def test_a_later_job_has_statistics_of_its_own_and_a_failed_one_none(plant):
    plant.put("training/pump/all.csv", PUMP)
    plant.put("training/motor/all.csv", MOTOR)
    first = ingest(plant)["JobId"]
    plant.put("training/motor/all.csv", MOTOR.rpartition("\n2026")[0])
    second = ingest(plant)["JobId"]
    plant.put("training/motor/all.csv", "")
    failed = ingest(plant)["JobId"]
    assert listed(plant)["motor\\Current"]["DataEndTime"] == START + 29 * MINUTE
    assert listed(plant, IngestionJobId=first)["motor\\Current"]["DataEndTime"] == START + 30 * MINUTE
    assert listed(plant, IngestionJobId=second) == listed(plant)
    assert listed(plant, IngestionJobId=failed) == {}


def test_more_files_of_a_component_than_allowed_fail_the_job(plant):
    few = replace(plant.resources.settings, engine_quotas="dataset_files_per_component=1")
    strict = plant_of(replace(plant.resources, settings=few), plant.s3, plant.bucket, plant.world.region)
    for name in ("pump/one", "pump/two", "motor/all"):
        strict.put(f"training/{name}.csv", MOTOR if "motor" in name else PUMP)
    job = ingest(strict)
    assert job["FailedReason"] == "Component pump has 2 files; 1 are allowed. Join some of them."


def test_more_columns_in_the_files_than_allowed_fail_a_job_without_a_schema(plant):
    few = replace(plant.resources.settings, engine_quotas="dataset_columns=4")
    strict = plant_of(replace(plant.resources, settings=few), plant.s3, plant.bucket, plant.world.region)
    for name, text in (("pump", PUMP), ("motor", MOTOR)):
        strict.put(f"training/{name}/all.csv", text)
    strict.client.create_dataset(DatasetName="plant")
    assert ingest(strict)["FailedReason"] == "The files of 2 components have 5 columns in all; a dataset may have 4."


def test_a_job_in_hand_tells_which_component_it_reads_and_a_failed_one_why_alone(plant, monkeypatch):
    told = []

    def noting(*arguments):
        (job,) = plant.client.list_data_ingestion_jobs(DatasetName="plant")["DataIngestionJobSummaries"]
        told.append(plant.client.describe_data_ingestion_job(JobId=job["JobId"])["StatusDetail"])
        return ingest_component(*arguments)

    monkeypatch.setattr(ingestions, "ingest_component", noting)
    plant.put("training/pump/all.csv", "")
    plant.put("training/motor/all.csv", MOTOR)
    job = ingest(plant)
    assert told == ["Reading component 1 of 2, motor.", "Reading component 2 of 2, pump."]
    assert job["Status"] == "FAILED"
    assert "StatusDetail" not in job


def stored(*gigabytes: float) -> dict[str, list[StoredObject]]:
    return {"pump": [StoredObject(f"{n}.csv", int(size * GIGABYTE), "", START) for n, size in enumerate(gigabytes)]}


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [
        ((1, 5.2, 1), "s3://plant/1.csv has 5.2 GB; a file may have 5 GB. Split it by time."),
        ((4.5,) * 12, "The files have 54.0 GB in all; a dataset may have 50 GB."),
    ],
)
def test_more_bytes_than_allowed_are_refused_before_anything_is_read(sizes, complaint):
    with pytest.raises(InputProblem) as refused:
        check_limits("plant", stored(*sizes), Quotas())
    assert str(refused.value) == complaint


def test_more_components_than_allowed_are_refused():
    with pytest.raises(InputProblem, match=r"files of 3 components; a dataset may have 2\."):
        check_limits("plant", dict.fromkeys("abc", stored(1)["pump"]), Quotas(dataset_components=2))


def test_as_much_as_is_allowed_is_taken():
    check_limits("plant", stored(*(5,) * 10), Quotas())
    check_limits("plant", {"pump": stored(0)["pump"] * 1000}, Quotas())


def test_of_many_names_five_are_told_and_lines_stay_short():
    accounts = [ComponentAccount("c" * 200 + str(number), ("s" * 200,)) for number in range(12)]
    found = [sensor for account in accounts for sensor in account.statistics()]
    left_out = [(StoredObject("k" * 1000, 1, "", START), "it is empty")] * 7
    lines = issues_in_words(accounts, found, left_out).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["COMPLETE_SENSOR_DATA_MISSING", "FILES_NOT_INGESTED"]
    assert max(map(len, lines)) == 800
    short = issues_in_words(accounts, [], [(StoredObject("k.csv", 1, "", START), "it is empty")] * 7)
    assert short.endswith("k.csv (it is empty) and 2 more.")
