"""Why an execution FAILED: what was looked for, what is there, the nearest miss; as a client reads it."""

from datetime import timedelta

import pytest
from plant import MINUTE, SENSORS, Plant, at, csv_of, minutes_of

from service.engine.objects import ObjectsRefused, ObjectStore
from service.engine.scheduling.windows import Window
from service.engine.work.inference import missing_data
from service.engine.work.inference.inputs import input_place
from service.engine.work.inference.missing_data import missing_file_reason

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")
LEADING = (
    "Could not find data file for sensor motor within expected range of (2026-03-01T13:00:00Z, 2026-03-01T13:05:00Z]. "
    "Please ensure data is present for all sensors of the machine under prefix "
)
MOTOR = csv_of("motor", minutes_of(START, END))


@pytest.fixture
def scheduler(plant: Plant) -> str:
    plant.feed(START, END, but="motor")
    return plant.scheduler(since="2026-03-01T13:01:00")


def reason(plant: Plant) -> str:
    plant.pass_time(END)
    execution = plant.latest()
    assert execution["Status"] == "FAILED"
    assert "CustomerResultObject" not in execution
    return execution["FailedReason"]


def missing(plant: Plant, said: str) -> None:
    inside = f"s3://{plant.bucket}/in/motor_"
    assert reason(plant) == f"{LEADING}'{inside}20260301125500' ~ '{inside}20260301131000'. {said}"


def test_one_component_without_a_file_fails_the_whole_run(plant, scheduler):
    missing(plant, f"Found no file of that component under s3://{plant.bucket}/in/.")


def test_a_file_an_hour_apart_asks_for_the_time_zone(plant, scheduler):
    plant.put("in/motor_20260301120000.csv", MOTOR)
    found = f"Found s3://{plant.bucket}/in/motor_20260301120000.csv"
    missing(plant, f"{found}, off by 60 minutes: is InputTimeZoneOffset right? Or is the producer late?")


def test_of_many_files_the_nearest_in_time_is_named(plant, scheduler):
    for stamp in ("20260301103000", "20260301124000", "20260301090000"):
        plant.put(f"in/motor_{stamp}.csv", MOTOR)
    missing(plant, f"Found s3://{plant.bucket}/in/motor_20260301124000.csv, off by 20 minutes: is the producer late?")


def test_a_file_of_last_week_is_found_when_there_is_none_nearer(plant, scheduler):
    plant.put("in/motor_20260222130100.csv", MOTOR)
    missing(
        plant, f"Found s3://{plant.bucket}/in/motor_20260222130100.csv, off by 10079 minutes: is the producer late?"
    )


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("in/motor-20260301130000.csv", "its delimiter is '-', not '_'"),
        ("in/motor20260301130000.csv", "its delimiter is '', not '_'"),
        ("in/Motor_20260301130000.csv", "the component is spelt 'Motor', not 'motor'"),
        ("in/motor_2026-03-01-13-00-00.csv", "its stamp has the format yyyy-MM-dd-HH-mm-ss, not yyyyMMddHHmmss"),
        ("in/motor_1772370000.csv", "its stamp has the format EPOCH, not yyyyMMddHHmmss"),
        ("in/motor_1772370000000.csv", "its stamp counts milliseconds, EPOCH counts seconds"),
        ("in/motor_20260301130000.CSV", "it ends in '.CSV', not '.csv'"),
        ("in/motor_20260301130000.csv.gz", "it ends in '.csv.gz', not '.csv'"),
        ("in/motor/motor_20260301130000.csv", "it lies under the prefix 'in/motor/', not 'in/'"),
        ("elsewhere/motor_20260301130000.csv", "it lies under the prefix 'elsewhere/', not 'in/'"),
        (
            "in/MOTOR-20260301130000.csv",
            "the component is spelt 'MOTOR', not 'motor', and its delimiter is '-', not '_'",
        ),
    ],
)
def test_a_file_with_another_name_is_named_with_its_difference(plant, scheduler, key, said):
    plant.put(key, MOTOR)
    missing(plant, f"Found s3://{plant.bucket}/{key}, {said}.")


def test_a_file_under_the_prefix_of_another_scheduler_is_not_taken_for_ours(plant, scheduler):
    elsewhere = plant.input() | {"S3InputConfiguration": {"Bucket": plant.bucket, "Prefix": "elsewhere/"}}
    plant.scheduler("other", DataInputConfiguration=elsewhere)
    plant.put("elsewhere/motor_20260301130000.csv", MOTOR)
    missing(plant, f"Found no file of that component under s3://{plant.bucket}/in/.")


def test_a_file_under_another_prefix_that_is_not_of_the_window_either_is_not_named(plant, scheduler):
    plant.put("elsewhere/motor_20260301120000.csv", MOTOR)
    plant.put("elsewhere/motor-20260301130000.csv", MOTOR)
    missing(plant, f"Found no file of that component under s3://{plant.bucket}/in/.")


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("20260301183000", "off by 330 minutes: is InputTimeZoneOffset right?"),
        ("20260301183500", "off by 330 minutes: is InputTimeZoneOffset right?"),  # stamped with the window's end
        ("20260301133300", "off by 33 minutes: is the producer's clock ahead, or is there a gap?"),
    ],
)
def test_a_file_stamped_ahead_is_named_with_the_likely_cause(plant, scheduler, stamp, said):
    plant.put(f"in/motor_{stamp}.csv", MOTOR)
    missing(plant, f"Found s3://{plant.bucket}/in/motor_{stamp}.csv, {said}")


def test_epoch_stamps_are_never_shifted_and_so_never_ask_for_the_time_zone(plant):
    plant.scheduler(since="2026-03-01T13:01:00", DataInputConfiguration=plant.input(stamps="EPOCH"))
    plant.put(f"in/pump_{START.timestamp() - 3600:.0f}.csv", csv_of("pump", minutes_of(START, END)))
    assert reason(plant).endswith(".csv, off by 60 minutes: is the producer late?")


def test_without_a_prefix_the_range_begins_right_behind_the_bucket(plant):
    top = plant.input() | {"S3InputConfiguration": {"Bucket": plant.bucket}}
    plant.scheduler(since="2026-03-01T13:01:00", DataInputConfiguration=top)
    first = f"'s3://{plant.bucket}/pump_20260301125500' ~ 's3://{plant.bucket}/pump_20260301131000'. "
    assert first in reason(plant)


def test_of_very_many_older_files_the_nearest_is_named(plant, scheduler, monkeypatch):
    """The producer stopped three days ago; listing so many keys from the beginning would not get that far."""
    monkeypatch.setattr(missing_data, "KEYS_LOOKED_AT", 120)
    for hours in range(3 * 24, 12 * 24):
        plant.put(f"in/motor_{START - timedelta(hours=hours):%Y%m%d%H%M%S}.csv", MOTOR)
    late = f"Found s3://{plant.bucket}/in/motor_20260226130000.csv, off by 4320 minutes: is the producer late?"
    missing(plant, late)


def test_a_role_that_may_not_see_the_rest_of_the_bucket_still_learns_what_is_missing(plant, scheduler):
    class Restricted(ObjectStore):
        def list(self, bucket, prefix, **span):
            if not prefix.startswith("in/motor_"):
                raise ObjectsRefused("No permission")
            return super().list(bucket, prefix, **span)

    window = Window(START, END)
    naming = input_place(plant.input()).naming
    restricted = Restricted(plant.resources.objects._client)
    said = missing_file_reason(restricted, plant.bucket, naming, "motor", window)
    assert said.startswith(LEADING)
    assert said.endswith(f"Found no file of that component under s3://{plant.bucket}/in/.")


def test_a_file_that_came_between_the_look_and_the_explanation_is_named_as_late(plant, scheduler):
    plant.put("in/motor_20260301130000.csv", MOTOR)
    naming = input_place(plant.input()).naming
    said = missing_file_reason(plant.resources.objects, plant.bucket, naming, "motor", Window(START, END))
    assert said.endswith("/in/motor_20260301130000.csv, which was not there yet when the run looked.")


def test_files_without_a_row_in_the_window_say_where_their_nearest_row_is(plant, scheduler):
    plant.put("in/motor_20260301130000.csv", csv_of("motor", [START]))
    assert reason(plant) == (
        "The data files of component motor have no row in the window (2026-03-01T13:00:00Z, 2026-03-01T13:05:00Z]: "
        f"looked into s3://{plant.bucket}/in/motor_20260301130000.csv. The nearest row is at 2026-03-01T13:00:00Z, "
        "0 minutes before the window, which is open at its start."
    )


def test_rows_in_local_time_are_told_that_rows_are_utc(plant, scheduler):
    local = [moment + 60 * MINUTE for moment in minutes_of(START, END)]
    plant.put("in/motor_20260301130000.csv", csv_of("motor", local))
    assert reason(plant).endswith(
        "The nearest row is at 2026-03-01T14:01:00Z, 56 minutes after the window; row times are read as UTC, whatever "
        "InputTimeZoneOffset says."
    )


def test_without_a_file_of_the_window_itself_the_neighbours_are_named_as_such(plant, scheduler):
    plant.put("in/motor_20260301125500.csv", csv_of("motor", minutes_of(START - 5 * MINUTE, START)))
    assert (
        f"looked into s3://{plant.bucket}/in/motor_20260301125500.csv; none of them is stamped with the window itself. "
        "The nearest row is at 2026-03-01T13:00:00Z"
    ) in reason(plant)


def test_a_file_with_a_header_only_has_no_rows_at_all(plant, scheduler):
    plant.put("in/motor_20260301130000.csv", "Timestamp,Current\n")
    assert reason(plant).endswith("They have no rows at all.")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Timestamp,Curent\n2026-03-01T13:01:00,5\n", "it has no column 'Current'; is 'Curent' meant to be it?"),
        ("Timestamp,Current\n2026-03-01T13:01:00,5\n2026-03-01T13:02:00,high\n",
         "row 3, column 'Current': 'high' is not a number."),
        ("Timestamp,Current\n2026-03-01T13:01:00,5\n1772370120,5\n",
         "row 3, column 'Timestamp': '1772370120' is not a time in an accepted layout."),
        ("Timestamp,Current\n2026-13-01T13:01:00,5\n",
         "row 2, column 'Timestamp': '2026-13-01T13:01:00' is not a time in an accepted layout."),
        ("", "it is empty."),
        ("Timestamp;Current\n2026-03-01T13:01:00;5\n",
         "its header has one column only, and a time and a sensor are needed: is it separated by ';'?"),
        ("Timestamp,Current,Current\n2026-03-01T13:01:00,5,5\n", "its header has the column 'Current' twice."),
        (b"\xff\xfeT\x00i\x00,\x00", "its header is not UTF-8 text (byte 1)."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named_with_the_place(plant, scheduler, body, said):
    plant.put("in/motor_20260301130000.csv", body)
    assert reason(plant) == f"Could not read s3://{plant.bucket}/in/motor_20260301130000.csv: {said}"


def test_rows_of_unequal_length_are_named(plant, scheduler):
    plant.put("in/motor_20260301130000.csv", "Timestamp,Current\n2026-03-01T13:01:00,5\n2026-03-01T13:02:00\n")
    assert "it is no CSV file of 2 columns" in reason(plant)


def test_a_bad_cell_of_a_row_outside_the_window_does_not_matter(plant, scheduler):
    plant.put("in/motor_20260301130000.csv", MOTOR + "2026-03-01T13:06:00.000000,high\n")
    plant.pass_time(END)
    assert plant.latest()["Status"] == "SUCCESS"


def test_an_input_bucket_that_is_gone_is_named(plant):
    source = plant.input() | {"S3InputConfiguration": {"Bucket": "nobody-has-this", "Prefix": "in/"}}
    plant.scheduler(since="2026-03-01T13:01:00", DataInputConfiguration=source)
    assert reason(plant) == "The bucket 'nobody-has-this' does not exist."


def test_an_output_bucket_that_is_gone_is_named(plant):
    target = {"S3OutputConfiguration": {"Bucket": "nobody-has-this", "Prefix": "out/"}}
    plant.scheduler(since="2026-03-01T13:01:00", DataOutputConfiguration=target)
    plant.feed(START, END)
    assert reason(plant) == "The bucket 'nobody-has-this' does not exist."


def test_a_model_whose_artefacts_are_gone_is_named(plant):
    plant.model("lost")
    plant.world.done_training("lost", artefact_prefix="models/nowhere/")
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="lost")
    plant.feed(START, END)
    said = reason(plant)
    assert said.startswith("Version 1 of the model lost cannot be loaded. There is no object s3://engine-at-work/")


def test_a_bucket_without_complete_rows_of_the_sampling_rate_says_so(plant):
    plant.model("sampled", DataPreProcessingConfiguration={"TargetSamplingRate": "PT10M"})
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="sampled", DataUploadFrequency="PT15M")
    late = minutes_of(START + 10 * MINUTE, START + 15 * MINUTE)
    for component in SENSORS:
        plant.put(f"in/{component}_20260301130000.csv", csv_of(component, late))
    plant.pass_time("2026-03-01T13:15:00")
    assert plant.latest()["FailedReason"] == (
        "No bucket of the model's TargetSamplingRate PT10M that ends in the window "
        "(2026-03-01T13:00:00Z, 2026-03-01T13:15:00Z] has a row."
    )


def test_the_next_window_is_not_harmed_by_a_failed_one_and_the_failed_one_is_not_tried_again(plant, scheduler):
    assert "Could not find" in reason(plant)
    plant.feed(START, END)
    plant.feed(END, END + 5 * MINUTE)
    plant.pass_time(END + 5 * MINUTE)
    assert [execution["Status"] for execution in plant.executions()] == ["SUCCESS", "FAILED"]
