"""Which rows of the files are scored, and what the lines of results.jsonl look like; through boto3 and S3."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plant import MINUTE, NAMES, SENSORS, Plant, at, broken, csv_of, minutes_of, normal, plant_of

from service.engine.work.inference import window_runs
from service.engine.work.inference.file_rows import ParsedFiles

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")
STAMP = "20260301130000"


@pytest.fixture
def scheduler(plant: Plant) -> str:
    return plant.scheduler(since="2026-03-01T13:01:00")


def stamps(lines) -> list[str]:
    return [line["timestamp"] for line in lines]


def texts(moments) -> list[str]:
    return [moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in moments]


def put_both(plant: Plant, stamp: str, moments, machine=normal) -> None:
    for component in SENSORS:
        plant.put(f"in/{component}_{stamp}.csv", csv_of(component, moments, machine))


def test_a_row_on_the_start_of_the_window_belongs_to_the_window_before(plant, scheduler):
    put_both(plant, STAMP, [START, *minutes_of(START, END)])
    plant.pass_time(END)
    assert stamps(plant.results(plant.latest())) == texts(minutes_of(START, END))


def test_a_row_on_the_end_of_the_window_is_in_it_and_one_after_is_not(plant, scheduler):
    put_both(plant, STAMP, minutes_of(START, END + 2 * MINUTE))
    plant.pass_time(END)
    assert stamps(plant.results(plant.latest()))[-1] == "2026-03-01T13:05:00.000000"


def test_rows_of_the_window_are_taken_from_the_neighbour_files_too(plant, scheduler):
    put_both(plant, "20260301125500", [START + MINUTE])
    put_both(plant, STAMP, [START + 2 * MINUTE])
    put_both(plant, "20260301130500", [START + 3 * MINUTE])
    plant.pass_time(END)
    assert stamps(plant.results(plant.latest())) == texts(START + count * MINUTE for count in (1, 2, 3))


def test_one_file_per_row_stamped_off_the_grid_is_read_in_full(plant, scheduler):
    for moment in minutes_of(START, END):
        put_both(plant, moment.strftime("%Y%m%d%H%M%S"), [moment])
    plant.pass_time(END)
    assert len(plant.results(plant.latest())) == 5


def test_a_row_that_stands_in_two_files_is_taken_from_the_later_one(plant, scheduler):
    put_both(plant, "20260301125500", minutes_of(START, END), broken)
    put_both(plant, STAMP, minutes_of(START, END), normal)
    plant.pass_time(END)
    assert {line["prediction"] for line in plant.results(plant.latest())} == {0}


def test_a_file_that_is_written_again_is_read_again(plant, scheduler):
    plant.feed(START, END, machine=broken)
    plant.pass_time(END)
    plant.feed(START, END, machine=normal)
    plant.feed(END, END + 5 * MINUTE)
    _replay_all(plant, scheduler, START, END)
    (first,) = plant.executions()
    assert {line["prediction"] for line in plant.results(first)} == {0}


def _replay_all(plant: Plant, name: str, start, end) -> None:
    plant.client.start_inference_replay(
        InferenceSchedulerName=name, StartTime=start, EndTime=end, ExistingResults="OVERWRITE", ClientToken="once"
    )
    plant.work()


def test_a_line_has_the_fields_of_the_service_in_its_order(plant, scheduler):
    plant.feed(START, END, machine=broken)
    plant.pass_time(END)
    for line in plant.results(plant.latest()):
        assert list(line) == ["timestamp", "prediction", "prediction_reason", "anomaly_score", "diagnostics"]
        assert (line["prediction"], line["prediction_reason"]) == (1, "ANOMALY_DETECTED")
        assert 0.5 < line["anomaly_score"] < 1
        assert [share["name"] for share in line["diagnostics"]] == list(NAMES)
        assert round(sum(share["value"] for share in line["diagnostics"]), 5) == 1
        assert max(line["diagnostics"], key=lambda share: share["value"])["name"] == "motor\\Current"


def test_an_old_client_can_eval_every_line(plant, scheduler):
    plant.feed(START, END)
    plant.pass_time(END)
    place = plant.latest()["CustomerResultObject"]
    text = plant.s3.get_object(Bucket=place["Bucket"], Key=place["Key"])["Body"].read().decode()
    lines = [eval(line, {"__builtins__": {}}) for line in text.splitlines()]
    assert lines == plant.results(plant.latest())
    assert all(line["prediction_reason"] == "NO_ANOMALY_DETECTED" for line in lines)


def test_scores_and_shares_have_five_decimals_at_most(plant, scheduler):
    plant.feed(START, END)
    plant.pass_time(END)
    for line in plant.results(plant.latest()):
        numbers = [line["anomaly_score"], *(share["value"] for share in line["diagnostics"])]
        assert numbers == [round(number, 5) for number in numbers]


def test_without_a_sampling_rate_there_is_a_line_for_each_distinct_time_of_any_component(plant, scheduler):
    second = timedelta(seconds=1)
    plant.put(f"in/pump_{STAMP}.csv", csv_of("pump", [START + second, START + 3 * second]))
    plant.put(f"in/motor_{STAMP}.csv", csv_of("motor", [START + second, START + 2 * second]))
    plant.pass_time(END)
    assert stamps(plant.results(plant.latest())) == texts(START + count * second for count in (1, 2, 3))


def test_a_missing_cell_takes_the_value_before_it(plant, scheduler):
    rows = csv_of("pump", minutes_of(START, END)).splitlines()
    time, first, _ = rows[3].split(",")
    rows[3] = f"{time},{first},"
    plant.feed(START, END)
    plant.put(f"in/pump_{STAMP}.csv", "\n".join(rows))
    plant.pass_time(END)
    assert len(plant.results(plant.latest())) == 5


def test_a_sampling_rate_gives_one_row_per_bucket_stamped_with_its_right_edge(plant):
    plant.model("sampled", DataPreProcessingConfiguration={"TargetSamplingRate": "PT5M"})
    plant.scheduler(since="2026-03-01T12:31:00", ModelName="sampled")
    plant.feed_windows(at("2026-03-01T12:30"), 4)
    for minute in (35, 40, 45, 50):
        plant.pass_time(f"2026-03-01T12:{minute}:00")
    found = [stamps(plant.results(execution)) for execution in reversed(plant.executions())]
    assert found == [[f"2026-03-01T12:{minute}:00.000000"] for minute in (35, 40, 45, 50)]


def test_a_bucket_that_began_before_the_window_takes_its_first_rows_from_the_neighbour_file(plant):
    plant.model("sampled", DataPreProcessingConfiguration={"TargetSamplingRate": "PT10M"})
    plant.scheduler(since="2026-03-01T12:16:00", ModelName="sampled", DataUploadFrequency="PT15M")
    plant.feed_windows(at("2026-03-01T12:00"), 2, minutes=15)
    plant.pass_time("2026-03-01T12:30:00")
    assert stamps(plant.results(plant.latest())) == [f"2026-03-01T12:{minute}:00.000000" for minute in (20, 30)]


def test_rows_with_the_machine_off_are_not_scored(plant):
    plant.model("resting", OffCondition="pump\\Sensor0<1000")
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="resting")
    plant.feed(START, END)
    plant.pass_time(END)
    assert plant.results(plant.latest()) == [
        {"timestamp": stamp, "prediction": 0, "prediction_reason": "MACHINE_OFF"}
        for stamp in texts(minutes_of(START, END))
    ]


def test_other_columns_and_another_order_of_columns_do_no_harm(plant, scheduler):
    plant.feed(START, END)
    rows = [row.split(",") for row in csv_of("pump", minutes_of(START, END)).splitlines()]
    turned = "\n".join(",".join([time, "1" if number else "extra", second, first])
                       for number, (time, first, second) in enumerate(rows))  # fmt: skip
    plant.put(f"in/pump_{STAMP}.csv", turned)
    plant.pass_time(END)
    assert {line["prediction"] for line in plant.results(plant.latest())} == {0}


def test_earlier_rows_in_older_files_serve_as_context(plant, scheduler):
    """A slow drift that the row alone does not show is found with the rows of the last twenty minutes."""

    def drifting(moment):
        first, second, current = normal(moment)
        return first, second, current - 0.75

    plant.feed(START, END, machine=drifting)
    plant.pass_time(END)
    cold = max(line["anomaly_score"] for line in plant.results(plant.latest()))
    plant.feed_windows(END - 30 * MINUTE, 8, machine=drifting)
    plant.pass_time(END + 5 * MINUTE)
    warm = max(line["anomaly_score"] for line in plant.results(plant.latest()))
    assert warm > cold


def test_a_very_large_file_before_the_search_range_is_left_unread(plant, scheduler, monkeypatch):
    plant.feed_windows(START - 15 * MINUTE, 4)
    plant.put("in/pump_20260301124500.csv", csv_of("pump", [START - 15 * MINUTE]) + "\n" * (8 * 1024**2))
    plant.put("in/pump_20260301125000.csv", csv_of("pump", [START - 10 * MINUTE]))
    read = []

    def remembered(objects, bucket, chosen, components):
        read.extend(entry.key for entry in chosen["pump"])
        return ParsedFiles().read(objects, bucket, chosen, components)

    monkeypatch.setattr(window_runs.PARSED_FILES, "read", remembered)
    plant.pass_time(END)
    assert plant.latest()["Status"] == "SUCCESS"
    assert read == [f"in/pump_202603011{stamp}00.csv" for stamp in (250, 255, 300)]


def test_a_broken_file_outside_the_search_range_does_not_matter(plant, scheduler):
    plant.feed(START, END)
    plant.put("in/pump_20260301124500.csv", "this is, no table\n,,,\n")
    plant.pass_time(END)
    assert plant.latest()["Status"] == "SUCCESS"


def test_the_results_are_written_to_the_top_of_the_bucket_without_an_output_prefix(plant):
    output = {"S3OutputConfiguration": {"Bucket": plant.bucket}}
    plant.scheduler(since="2026-03-01T13:01:00", DataOutputConfiguration=output)
    plant.feed(START, END)
    plant.pass_time(END)
    assert plant.latest()["CustomerResultObject"]["Key"] == "2026-03-01T13:00:00Z/results.jsonl"


def test_the_scheduler_tells_the_result_of_its_newest_window(plant, scheduler):
    def told():
        return plant.client.describe_inference_scheduler(InferenceSchedulerName=scheduler).get("LatestInferenceResult")

    assert told() is None
    plant.feed(START, END)
    plant.pass_time(END)
    assert told() == "NORMAL"
    plant.feed(END, END + 5 * MINUTE, machine=broken)
    plant.pass_time(END + 5 * MINUTE)
    assert told() == "ANOMALOUS"
    plant.pass_time(END + 10 * MINUTE)
    assert (plant.latest()["Status"], told()) == ("FAILED", "ANOMALOUS")


def test_an_execution_records_the_version_it_ran(plant, scheduler):
    plant.feed(START, END)
    plant.pass_time(END)
    execution = plant.latest()
    assert execution["ModelVersion"] == 1
    assert execution["ModelVersionArn"].endswith("/model-version/1")


def test_the_quotas_of_the_settings_bound_an_execution(work_resources, s3, bucket, unique):
    settings = replace(work_resources.settings, engine_quotas="execution_files_per_component=2")
    plant = plant_of(replace(work_resources, settings=settings), s3, bucket, f"test-{unique}")
    plant.scheduler(since="2026-03-01T13:01:00")
    for moment in minutes_of(START, END):
        put_both(plant, moment.strftime("%Y%m%d%H%M%S"), [moment])
    plant.pass_time(END)
    assert "has 5 files in the window" in plant.latest()["FailedReason"]
    assert "2 are allowed" in plant.latest()["FailedReason"]
