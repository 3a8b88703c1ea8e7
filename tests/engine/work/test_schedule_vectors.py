"""When a scheduler wakes, what it reads and where results go: seen through boto3, with a clock to turn."""

from datetime import timedelta

import pytest
from plant import SENSORS, Plant, at, csv_of, minutes_of, times_of

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("frequency", "delay", "wakes"),
    [
        (5, 0, "09:05"), (5, 5, "09:10"), (10, 0, "09:10"), (10, 5, "09:15"), (15, 0, "09:15"),
        (15, 5, "09:20"), (30, 0, "09:30"), (30, 5, "09:35"), (60, 0, "10:00"), (60, 5, "10:05"),
    ],
)  # fmt: skip
def test_a_scheduler_started_just_after_nine_wakes_first_at_the_documented_time(plant, frequency, delay, wakes):
    _check_first_wake_up(plant, "2026-03-01T09:00:01", frequency, delay, f"2026-03-01T{wakes}:00")


def test_a_scheduler_of_ten_minutes_with_a_delay_of_five_started_at_eight_past_wakes_at_a_quarter_past(plant):
    _check_first_wake_up(plant, "2026-03-01T09:08:00", 10, 5, "2026-03-01T09:15:00")


def _check_first_wake_up(plant: Plant, since: str, frequency: int, delay: int, wakes: str) -> None:
    name = "PT1H" if frequency == 60 else f"PT{frequency}M"
    plant.scheduler(since=since, DataUploadFrequency=name, DataDelayOffsetInMinutes=delay)
    plant.pass_time(at(wakes) - SECOND)
    assert plant.executions() == []
    plant.pass_time(wakes)
    assert [times_of(execution)[0] for execution in plant.executions()] == [wakes + "Z"]


# frequency, delay, offset, format, activated, wakes, window, stamps from and to, result folder
VECTORS = [
    ("PT5M", 0, "+00:00", "yyyyMMddHHmmss", "2022-05-13T12:11:00", "2022-05-13T12:15:00",
     ("2022-05-13T12:10:00", "2022-05-13T12:15:00"), "20220513120500", "20220513122000"),
    ("PT5M", 0, "+00:00", "yyyyMMddHHmmss", "2026-03-01T23:57:30", "2026-03-02T00:00:00",
     ("2026-03-01T23:55:00", "2026-03-02T00:00:00"), "20260301235000", "20260302000500"),
    ("PT15M", 10, "+05:30", "yyyy-MM-dd-HH-mm-ss", "2026-03-01T13:01:00", "2026-03-01T13:25:00",
     ("2026-03-01T13:00:00", "2026-03-01T13:15:00"), "2026-03-01-18-15-00", "2026-03-01-19-00-00"),
    ("PT1H", 60, "-08:00", "yyyyMMddHHmmss", "2026-03-01T13:01:00", "2026-03-01T15:00:00",
     ("2026-03-01T13:00:00", "2026-03-01T14:00:00"), "20260301040000", "20260301070000"),
    ("PT30M", 0, "+00:00", "EPOCH", "2026-03-01T13:01:00", "2026-03-01T13:30:00",
     ("2026-03-01T13:00:00", "2026-03-01T13:30:00"), "1772368200", "1772373600"),
    ("PT5M", 60, "+00:00", "yyyyMMddHHmmss", "2026-03-01T13:01:00", "2026-03-01T14:05:00",
     ("2026-03-01T13:00:00", "2026-03-01T13:05:00"), "20260301125500", "20260301131000"),
]  # fmt: skip
vectors = pytest.mark.parametrize(
    ("frequency", "delay", "zone", "stamps", "since", "wakes", "window", "first", "last"), VECTORS
)


@vectors
def test_without_files_the_execution_of_a_vector_fails_and_says_which_keys_it_looked_for(
    plant, frequency, delay, zone, stamps, since, wakes, window, first, last
):
    _start(plant, frequency, delay, zone, stamps, since)
    plant.pass_time(wakes)
    (execution,) = plant.executions()
    start, end = (f"{text}Z" for text in window)
    assert times_of(execution) == (f"{wakes}Z", start, end)
    assert execution["Status"] == "FAILED"
    assert execution["FailedReason"].startswith(
        f"Could not find data file for sensor pump within expected range of ({start}, {end}]"
    )
    inside = f"s3://{plant.bucket}/in/pump_"
    assert f"'{inside}{first}' ~ '{inside}{last}'" in execution["FailedReason"]
    assert "CustomerResultObject" not in execution
    assert plant.keys("out/") == []


@vectors
@pytest.mark.parametrize("end", ["first", "last"])
def test_a_file_stamped_with_either_end_of_the_range_of_a_vector_is_read(
    plant, end, frequency, delay, zone, stamps, since, wakes, window, first, last
):
    _start(plant, frequency, delay, zone, stamps, since)
    moments = minutes_of(*(at(text) for text in window))
    for component in SENSORS:
        plant.put(f"in/{component}_{first if end == 'first' else last}.csv", csv_of(component, moments))
    plant.pass_time(wakes)
    (execution,) = plant.executions()
    assert execution["Status"] == "SUCCESS", execution
    assert execution["CustomerResultObject"] == {"Bucket": plant.bucket, "Key": f"out/{window[0]}Z/results.jsonl"}
    stamped = [line["timestamp"] for line in plant.results(execution)]
    assert stamped == [moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in moments]


def _start(plant: Plant, frequency: str, delay: int, zone: str, stamps: str, since: str) -> None:
    plant.scheduler(
        since=since,
        DataUploadFrequency=frequency,
        DataDelayOffsetInMinutes=delay,
        DataInputConfiguration=plant.input(zone, stamps),
    )


@pytest.mark.parametrize("delimiter", ["-", "_", " ", ""])
@pytest.mark.parametrize(
    ("stamps", "stamp"),
    [("yyyyMMddHHmmss", "20260301130000"), ("yyyy-MM-dd-HH-mm-ss", "2026-03-01-13-00-00"), ("EPOCH", "1772370000")],
)
def test_every_delimiter_goes_with_every_stamp_format(plant, delimiter, stamps, stamp):
    plant.scheduler(since="2026-03-01T13:01:00", DataInputConfiguration=plant.input("+00:00", stamps, delimiter))
    moments = minutes_of(at("2026-03-01T13:00"), at("2026-03-01T13:05"))
    for component in SENSORS:
        plant.put(f"in/{component}{delimiter}{stamp}.csv", csv_of(component, moments))
    plant.pass_time("2026-03-01T13:05:00")
    assert plant.latest()["Status"] == "SUCCESS", plant.latest()


def test_every_window_of_a_delay_longer_than_the_frequency_is_run_once(plant):
    plant.scheduler(since="2026-03-01T13:01:00", DataDelayOffsetInMinutes=12)
    for minute in range(2, 31):
        plant.pass_time(at("2026-03-01T13:00") + timedelta(minutes=minute))
    windows = [times_of(execution) for execution in reversed(plant.executions())]
    assert windows == [
        ("2026-03-01T13:17:00Z", "2026-03-01T13:00:00Z", "2026-03-01T13:05:00Z"),
        ("2026-03-01T13:22:00Z", "2026-03-01T13:05:00Z", "2026-03-01T13:10:00Z"),
        ("2026-03-01T13:27:00Z", "2026-03-01T13:10:00Z", "2026-03-01T13:15:00Z"),
    ]
