"""Bounds of one execution: those of AWS, and where a setting moves them."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from plant import MINUTE, SENSORS, at, csv_of, minutes_of, plant_of

from service.engine.objects import StoredObject
from service.engine.scheduling.files import FileNaming
from service.engine.scheduling.windows import Window
from service.engine.work.inference.quotas import MEGABYTE, check_files, check_rows
from service.engine.work.problems import InputProblem
from service.quotas import parse_quotas

NAMING = FileNaming(prefix="in/", timestamp_format="yyyyMMddHHmmss", delimiter="_", zone=timezone(timedelta(0)))
START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")
WINDOW = Window(data_start_time=START, data_end_time=END)
MOTOR = csv_of("motor", minutes_of(START, END))


def files(count: int, megabytes: float = 0.0) -> dict[str, list[StoredObject]]:
    """So many files of one component in the window, of so many megabytes each."""
    keys = (f"in/pump_20260301130{second // 60}{second % 60:02}.csv" for second in range(1, count + 1))
    return {"pump": [StoredObject(key, int(megabytes * MEGABYTE), "", END) for key in keys]}


def test_sixty_files_of_a_component_are_read_and_one_more_is_too_many(plant):
    plant.scheduler(since="2026-03-01T13:01:00", DataUploadFrequency="PT1H")
    for moment in minutes_of(START, START + 60 * MINUTE):
        plant.feed(moment - MINUTE, moment, stamp=moment.strftime("%Y%m%d%H%M%S"))
    plant.pass_time("2026-03-01T14:00:00")
    assert plant.latest()["Status"] == "SUCCESS"
    for minute in range(61):
        plant.put(f"in/motor_202603011430{minute % 60:02}.csv" if minute else "in/motor_20260301143100.csv", MOTOR)
    plant.feed(START + 60 * MINUTE, START + 120 * MINUTE, but="motor")
    plant.pass_time("2026-03-01T15:00:00")
    assert plant.latest()["FailedReason"] == (
        "Component motor has 61 files in the window (2026-03-01T14:00:00Z, 2026-03-01T15:00:00Z]; 60 are allowed. "
        "Write more rows to each file."
    )


def test_more_megabytes_than_three_windows_may_have_are_refused(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(START, END, but="motor")
    plant.put("in/motor_20260301130000.csv", MOTOR + "\n" * (15 * 1024**2))
    plant.pass_time(END)
    assert plant.latest()["FailedReason"] == (
        "The files of the window (2026-03-01T13:00:00Z, 2026-03-01T13:05:00Z] and its two neighbours hold 15.0 MB; "
        "15 MB are allowed with a data upload frequency of PT5M."
    )


def test_more_rows_than_one_per_second_are_refused(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    moments = [START + count * MINUTE / 120 for count in range(1, 302)]
    for component in SENSORS:
        plant.put(f"in/{component}_20260301130000.csv", csv_of(component, moments))
    plant.pass_time(END)
    assert plant.latest()["FailedReason"].startswith(
        "The window (2026-03-01T13:00:00Z, 2026-03-01T13:05:00Z] has 301 rows; 300 are allowed, one per second."
    )


def test_more_files_may_be_allowed():
    check_files(NAMING, files(61), WINDOW, parse_quotas("execution_files_per_component=61"))
    with pytest.raises(InputProblem, match=r"pump has 62 files in the window .*; 61 are allowed"):
        check_files(NAMING, files(62), WINDOW, parse_quotas("execution_files_per_component=61"))


def test_more_bytes_may_be_allowed():
    check_files(NAMING, files(1, 30), WINDOW, parse_quotas("execution_megabytes_per_minute=2"))
    with pytest.raises(InputProblem, match=r"hold 31.0 MB; 30 MB are allowed"):
        check_files(NAMING, files(1, 31), WINDOW, parse_quotas("execution_megabytes_per_minute=2"))


def test_more_rows_may_be_allowed():
    check_rows(600, WINDOW, parse_quotas("execution_rows_per_minute=120"))
    with pytest.raises(InputProblem, match="has 601 rows; 600 are allowed, 120 a minute"):
        check_rows(601, WINDOW, parse_quotas("execution_rows_per_minute=120"))


@pytest.mark.parametrize(
    ("quotas", "complaint"),
    [
        ("execution_files_per_component=1", "has 2 files in the window"),
        ("execution_rows_per_minute=1, execution_files_per_component=2", ""),
    ],
)
def test_executions_keep_the_quotas_of_the_settings(plant, quotas, complaint):
    settings = replace(plant.resources.settings, engine_quotas=quotas)
    plant = plant_of(replace(plant.resources, settings=settings), plant.s3, plant.bucket, plant.world.region)
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(START, END - 3 * MINUTE, stamp="20260301130100")
    plant.feed(END - 3 * MINUTE, END, stamp="20260301130300")
    plant.pass_time(END)
    assert complaint in plant.latest().get("FailedReason", "")
    assert plant.latest()["Status"] == ("FAILED" if complaint else "SUCCESS")
