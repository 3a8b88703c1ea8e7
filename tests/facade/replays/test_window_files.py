"""Which files belong to which window, and what a replay does with it."""

from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.executions import InferenceExecution
from service.facade.domain.replays import Actions
from service.facade.domain.window_files import (
    ListedFiles,
    Window,
    WindowFile,
    own_range,
    search_range,
    stamp_of,
    windows_between,
)
from service.facade.domain.windows import InputNaming

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)
FIRST = Window(NOON, NOON + FIVE)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [(0, 60, 12), (1, 60, 11), (0, 59, 11), (4, 6, 0), (5, 10, 1), (7, 8, 0)],
)
def test_the_windows_of_a_range_lie_wholly_inside(start, end, count):
    found = windows_between(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end), FIVE)
    assert len(found) == count
    assert all(window.data_start_time.minute % 5 == 0 for window in found)


@pytest.mark.parametrize(
    ("name", "stamp"),
    [
        ("pump_20260301173000.csv", NOON),
        ("pump_20260301173001.csv", NOON + timedelta(seconds=1)),
        ("pump_20260301173000.csv.gz", None),
        ("pump_2_20260301173000.csv", None),
        ("pump_2026-03-01-17-30-00.csv", None),
        ("pump_20261301173000.csv", None),
        ("Pump_20260301173000.csv", None),
        ("pump20260301173000.csv", None),
    ],
)
def test_the_whole_rest_of_a_name_has_to_be_a_stamp(name, stamp):
    naming = InputNaming(data_upload_frequency="PT5M", input_time_zone_offset="+05:30")
    assert stamp_of("pump", name, naming) == stamp


def test_epoch_stamps_are_never_shifted():
    naming = InputNaming(data_upload_frequency="PT5M", timestamp_format="EPOCH", input_time_zone_offset="+05:30")
    assert stamp_of("pump", f"pump_{int(NOON.timestamp())}.csv", naming) == NOON


def test_a_window_opens_its_neighbours_files_too_and_has_some_of_its_own():
    stamps = [NOON + timedelta(minutes=minute) for minute in (-10, -5, 0, 4, 5, 10, 11)]
    listed = ListedFiles({"pump": [file_of(stamp) for stamp in stamps]})
    assert [one.stamp for one in listed.within("pump", search_range(FIRST))] == stamps[1:-1]
    assert [one.stamp for one in listed.within("pump", own_range(FIRST))] == stamps[2:4]


@pytest.mark.parametrize(
    ("status", "existing_results", "minutes_after_end", "action"),
    [
        (None, "keep", 1, "score"),
        ("FAILED", "keep", 1, "score"),
        ("SUCCESS", "keep", 1, "keep"),
        ("SUCCESS", "overwrite", 1, "overwrite"),
        ("IN_PROGRESS", "overwrite", 1, "leave"),
        ("SUCCESS", "overwrite", 0, "overwrite"),
        (None, "keep", -1, "leave"),
    ],
)
def test_what_a_replay_does_with_a_window(status, existing_results, minutes_after_end, action):
    executions = [execution(status)] if status else []
    due_until = FIRST.data_end_time + timedelta(minutes=minutes_after_end)
    assert Actions.over(executions, existing_results, due_until).of(FIRST) == action


def execution(status: str) -> InferenceExecution:
    return InferenceExecution(
        scheduled_start_time=FIRST.data_end_time,
        data_start_time=FIRST.data_start_time,
        data_end_time=FIRST.data_end_time,
        status=status,
    )


def file_of(stamp: datetime) -> WindowFile:
    return WindowFile(key="any", size=1, stamp=stamp, last_modified=stamp)
