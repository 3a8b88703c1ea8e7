"""Training: a model from a dataset's content; through boto3 and S3, and then scored with."""

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from engine_world import ROLE, SCHEMA
from plant import MINUTE, SENSORS, Plant, at, broken, csv_of, minutes_of, normal

from service.engine.objects import ObjectStore
from service.engine.work.training import label_files

DAY = timedelta(days=1)
START = at("2026-02-01")
FAULT = (START + 2.5 * DAY, START + 2.5 * DAY + 120 * MINUTE)
RANGES = {
    "TrainingDataStartTime": START,
    "TrainingDataEndTime": START + 2 * DAY,
    "EvaluationDataStartTime": START + 2 * DAY + MINUTE,
    "EvaluationDataEndTime": START + 3 * DAY,
}


def machine(moment: datetime) -> tuple[float, ...]:
    return broken(moment) if FAULT[0] <= moment <= FAULT[1] else normal(moment)


@cache
def three_days(component: str) -> str:
    """The file of a component, with a fault of two hours in the third day."""
    return csv_of(component, [START, *minutes_of(START, START + 3 * DAY)], machine)


@pytest.fixture
def ingested(plant: Plant) -> Plant:
    """A dataset with three days of the machine, a fault of two hours in the third."""
    for component in SENSORS:
        plant.put(f"training/{component}/all.csv", three_days(component))
    plant.client.create_dataset(DatasetName="plant", DatasetSchema={"InlineDataSchema": json.dumps(SCHEMA)})
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "training/"}}
    plant.client.start_data_ingestion_job(DatasetName="plant", IngestionInputConfiguration=source, RoleArn=ROLE)
    plant.work()
    return plant


def train(plant: Plant, name: str = "model", **more: Any) -> dict[str, Any]:
    answer = plant.client.create_model(ModelName=name, DatasetName="plant", **more)
    assert answer["Status"] == "IN_PROGRESS"
    plant.work()
    return plant.client.describe_model(ModelName=name)


def label_file(plant: Plant, text: str) -> dict[str, Any]:
    plant.put("labels/labels.csv", text)
    source = {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "labels/"}}
    return {"LabelsInputConfiguration": source, "RoleArn": ROLE}


def fault_label() -> str:
    return ",".join(moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in FAULT) + "\n"


def test_a_model_is_trained_and_finds_the_fault_of_its_evaluation_range(ingested):
    told = train(ingested, **RANGES, **label_file(ingested, fault_label()))
    assert (told["Status"], told["ActiveModelVersion"], told["ModelQuality"]) == ("SUCCESS", 1, "QUALITY_THRESHOLD_MET")
    metrics = eval(told["ModelMetrics"], {"__builtins__": {}})
    assert metrics["labeled_ranges"] == [{"start": "2026-02-03T12:00:00.000000", "end": "2026-02-03T14:00:00.000000"}]
    assert metrics["labeled_event_metrics"]["num_identified"] == 1
    assert "2026-02-03T12:00:00.000000" <= metrics["predicted_ranges"][0]["start"] <= "2026-02-03T12:05:00.000000"
    shares = {share["name"]: share["value"] for share in metrics["predicted_ranges"][0]["diagnostics"]}
    assert max(shares, key=shares.get) == "motor\\Current"


def test_a_trained_model_scores_the_next_window(ingested):
    train(ingested, **RANGES)
    ingested.scheduler(since="2026-03-01T13:01:00", ModelName="model")
    ingested.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"), machine=broken)
    ingested.pass_time("2026-03-01T13:05:00")
    assert {line["prediction"] for line in ingested.results(ingested.latest())} == {1}


def test_without_ranges_all_data_train_and_there_is_nothing_to_evaluate(ingested):
    told = train(ingested)
    assert told["Status"] == "SUCCESS"
    metrics = json.loads(told["ModelMetrics"])
    assert (metrics["predicted_ranges"], metrics["labeled_ranges"]) == ([], [])
    assert told["ModelQuality"] == "CANNOT_DETERMINE_QUALITY"


def test_labelled_ranges_are_left_out_of_training(ingested):
    labels = "2026-02-01T00:30:00,2026-02-02T00:00:00\n2026-02-02T00:00:00,2026-02-04T00:00:00\n"
    told = train(ingested, **label_file(ingested, labels))
    assert told["Status"] == "FAILED"
    assert told["FailedReason"].startswith("The training data has 30 rows after resampling and without the labelled")


def test_a_sampling_rate_resamples_the_training_data(ingested):
    told = train(ingested, **RANGES, DataPreProcessingConfiguration={"TargetSamplingRate": "PT5M"})
    assert told["Status"] == "SUCCESS"
    first = json.loads(told["ModelMetrics"])["predicted_ranges"][0]
    assert int(first["start"][14:16]) % 5 == 0


def test_a_part_of_the_sensors_can_be_trained(ingested):
    part = {"Components": [SCHEMA["Components"][1]]}
    told = train(ingested, DatasetSchema={"InlineDataSchema": json.dumps(part)})
    assert told["Status"] == "SUCCESS", told
    ingested.scheduler(since="2026-03-01T13:01:00", ModelName="model")
    ingested.feed(at("2026-03-01T13:00"), at("2026-03-01T13:05"), but="pump")
    ingested.pass_time("2026-03-01T13:05:00")
    names = [share["name"] for share in ingested.results(ingested.latest())[0]["diagnostics"]]
    assert names == ["motor\\Current"]


def test_rows_with_the_machine_off_are_not_learnt_from(ingested):
    told = train(ingested, OffCondition="pump\\Sensor0<1000")
    assert told["Status"] == "FAILED"
    assert told["FailedReason"].endswith("It has no row with the machine running at all.")


def test_a_range_without_data_fails_and_tells_what_there_is(ingested):
    told = train(ingested, TrainingDataStartTime=START - 20 * DAY, TrainingDataEndTime=START - 10 * DAY)
    assert (told["Status"], told["FailedReason"]) == (
        "FAILED",
        "The dataset has no data in the training range, 2026-01-12T00:00:00Z to 2026-01-22T00:00:00Z. "
        "It has data from 2026-02-01T00:00:00Z to 2026-02-04T00:00:00Z.",
    )


def test_too_few_rows_fail_with_the_number_needed(ingested):
    told = train(ingested, TrainingDataStartTime=START, TrainingDataEndTime=START + 11 * MINUTE)
    assert told["Status"] == "FAILED"
    assert "12 rows" in told["FailedReason"]
    assert "at least 100 are needed" in told["FailedReason"]


def test_less_than_the_14_days_of_the_service_is_enough_when_it_can_be_learnt_from(ingested):
    """The service warned below 14 days and wanted more at times; here only what cannot be fitted is refused."""
    assert train(ingested, TrainingDataStartTime=START, TrainingDataEndTime=START + DAY)["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-02-03T12:00:00,soon\n", "row 1: 'soon' is not a time such as 2020-02-01T20:00:00."),
        ("start,end\n2026-02-03T12:00:00\n", "row 2: a start and an end are needed, there is one column."),
        ("2026-02-03T12:00:00,2026-02-03T11:00:00\n",
         "row 1: the end 2026-02-03T11:00:00 lies before the start 2026-02-03T12:00:00."),
    ],
)  # fmt: skip
def test_a_label_file_that_cannot_be_read_is_named_with_the_row(ingested, text, said):
    told = train(ingested, **label_file(ingested, text))
    assert told["FailedReason"] == f"The label file s3://{ingested.bucket}/labels/labels.csv, {said}"


def test_a_label_file_that_is_not_there_is_named(ingested):
    source = {"S3InputConfiguration": {"Bucket": ingested.bucket, "Prefix": "nothing/"}}
    told = train(ingested, LabelsInputConfiguration=source, RoleArn=ROLE)
    assert told["FailedReason"].startswith(f"No label file was found under 's3://{ingested.bucket}/nothing/'")


def test_a_label_file_may_have_a_header_and_empty_lines(ingested):
    told = train(ingested, **RANGES, **label_file(ingested, "start,end\n\n" + fault_label()))
    assert json.loads(told["ModelMetrics"])["labeled_event_metrics"]["num_labeled"] == 1


def test_nothing_is_ever_pickled(ingested):
    train(ingested)
    kept = ingested.s3.list_objects_v2(Bucket=ingested.resources.settings.engine_bucket, Prefix="models/")
    assert {entry["Key"].rpartition(".")[2] for entry in kept["Contents"]} == {"json", "npz"}


def diagnostics(plant: Plant, **more: Any) -> dict[str, Any]:
    place = {"S3OutputConfiguration": {"Bucket": plant.bucket, "Prefix": "diagnosed/"}}
    told = train(plant, ModelDiagnosticsOutputConfiguration=place, RoleArn=ROLE, **more)
    assert told["Status"] == "SUCCESS", told
    return plant.client.describe_model_version(ModelName="model", ModelVersion=1)["ModelDiagnosticsResultsObject"]


def lines_of(plant: Plant, place: dict[str, str]) -> list[dict[str, Any]]:
    body = gzip.decompress(plant.s3.get_object(**place)["Body"].read()).decode()
    assert body.endswith("\n")
    return [eval(line, {"__builtins__": {}}) for line in body.splitlines()]


def test_pointwise_diagnostics_tell_of_every_row_of_the_evaluation_range(ingested):
    place = diagnostics(ingested, **RANGES, OffCondition="pump\\Sensor0<40")
    assert place == {"Bucket": ingested.bucket, "Key": "diagnosed/model/1/model_diagnostics_results.json.gz"}
    lines = lines_of(ingested, place)
    assert [line["timestamp"] for line in lines] == [
        moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in minutes_of(START + 2 * DAY, START + 3 * DAY)
    ]
    assert {line["prediction_reason"] for line in lines} == {"ANOMALY_DETECTED", "NO_ANOMALY_DETECTED", "MACHINE_OFF"}
    faulty = [line for line in lines if line["prediction"] and "2026-02-03T12" in line["timestamp"]]
    assert len(faulty) > 20
    assert sum(share["value"] for share in faulty[0]["diagnostics"]) == pytest.approx(1)
    metrics = json.loads(ingested.client.describe_model(ModelName="model")["ModelMetrics"])
    assert len(metrics["predicted_ranges"]) >= 1


@pytest.mark.parametrize(
    ("ranges", "rows"),
    [({}, 3 * 1440 + 1), ({"TrainingDataStartTime": START, "TrainingDataEndTime": START + DAY}, 1441)],
    ids=["all data", "the training range"],
)
def test_without_an_evaluation_range_diagnostics_are_of_the_training_range_or_of_all_data(ingested, ranges, rows):
    assert len(lines_of(ingested, diagnostics(ingested, **ranges))) == rows


def test_diagnostics_are_encrypted_with_the_key_that_is_asked_for(ingested, monkeypatch):
    keys = []
    put = ObjectStore.put

    def remembering(store, bucket, key, body, *, kms_key_id=None):
        keys.append((key, kms_key_id))
        put(store, bucket, key, body)

    monkeypatch.setattr(ObjectStore, "put", remembering)
    place = {"S3OutputConfiguration": {"Bucket": ingested.bucket}, "KmsKeyId": "alias/plant"}
    train(ingested, ModelDiagnosticsOutputConfiguration=place, RoleArn=ROLE)
    assert ("model/1/model_diagnostics_results.json.gz", "alias/plant") in keys


def test_diagnostics_that_cannot_be_written_fail_the_training_and_say_where(ingested):
    place = {"S3OutputConfiguration": {"Bucket": "nobody-has-this"}}
    told = train(ingested, ModelDiagnosticsOutputConfiguration=place, RoleArn=ROLE)
    assert (told["Status"], told["FailedReason"]) == ("FAILED", "The bucket 'nobody-has-this' does not exist.")


def test_more_rows_than_the_quota_are_refused_with_both_numbers(ingested):
    fewer = replace(ingested.resources.settings, engine_quotas="training_rows=1000")
    plant = replace(ingested, world=replace(ingested.world, resources=replace(ingested.resources, settings=fewer)))
    told = train(plant)
    assert told["FailedReason"].startswith("The training range has 4,321 rows after resampling; 1,000 are allowed.")


def test_sensor_data_that_are_taken_for_labels_are_not_read(ingested, monkeypatch):
    monkeypatch.setattr(label_files, "LARGEST_BYTES", 50)
    told = train(ingested, **label_file(ingested, fault_label()))
    assert (told["Status"], told["FailedReason"]) == (
        "FAILED",
        f"The CSV files under 's3://{ingested.bucket}/labels/' have 54 bytes; label files may have 50 together. Give "
        "labels a prefix of their own, without sensor data below it.",
    )
