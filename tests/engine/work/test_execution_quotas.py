"""Bounds of one execution where a setting moves them; those of AWS are in test_failed_reasons."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from plant import MINUTE, at, plant_of

from service.engine.objects import StoredObject
from service.engine.scheduling.files import FileNaming
from service.engine.scheduling.windows import Window
from service.engine.work.inference.quotas import MEGABYTE, check_files, check_rows
from service.engine.work.problems import InputProblem
from service.quotas import parse_quotas

NAMING = FileNaming(prefix="in/", timestamp_format="yyyyMMddHHmmss", delimiter="_", zone=timezone(timedelta(0)))
END = at("2026-03-01T13:05")
WINDOW = Window(data_start_time=END - 5 * MINUTE, data_end_time=END)


def files(count: int, megabytes: float = 0.0) -> dict[str, list[StoredObject]]:
    """So many files of one component in the window, of so many megabytes each."""
    keys = (f"in/pump_20260301130{second // 60}{second % 60:02}.csv" for second in range(1, count + 1))
    return {"pump": [StoredObject(key, int(megabytes * MEGABYTE), "", END) for key in keys]}


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
    plant.feed(END - 5 * MINUTE, END - 3 * MINUTE, stamp="20260301130100")
    plant.feed(END - 3 * MINUTE, END, stamp="20260301130300")
    plant.pass_time(END)
    assert complaint in plant.latest().get("FailedReason", "")
    assert plant.latest()["Status"] == ("FAILED" if complaint else "SUCCESS")
