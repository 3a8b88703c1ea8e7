"""Readings -> windows -> files: no row is lost, doubled or put into the wrong window, however the file is cut."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.facade.problems import InvalidUpload
from service.facade.sensordata import reading
from service.facade.sensordata.cutting import cut_windows
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.files import merge_file, render_file
from service.facade.sensordata.reading import open_table
from service.facade.sensordata.survey import survey_table

FIVE = timedelta(minutes=5)
START = datetime(2026, 1, 1, tzinfo=UTC)
Files = dict[tuple[str, str], str]


@pytest.fixture(scope="session")
def written(schema) -> Callable[..., Files]:
    """What uploading a table leaves behind, by (component, start of the window as HH:MM), over `files` there before."""

    def write(text: str, files: Files | None = None) -> Files:
        faults = Faults("data.csv")
        table = open_table([text.encode()], schema, faults)
        files = dict(files or {})
        for item in cut_windows(table.chunks, table.columns, FIVE):
            key = item.columns.schema.component_name, item.start.strftime("%H:%M")
            merged = merge_file(files[key].encode(), item, "there.csv") if key in files else item
            files[key] = render_file(merged).decode()
        faults.raise_any()
        return files

    return write


def test_a_row_on_the_start_of_the_window_belongs_to_the_window_before(written):
    files = written("t,speed,motor/temp\n2026-01-01T00:05:00,1,2\n2026-01-01T00:05:00.000001,3,4\n")
    assert files == {
        ("motor", "00:00"): "Timestamp,speed,temp\n2026-01-01T00:05:00.000000,1.0,2.0\n",
        ("motor", "00:05"): "Timestamp,speed,temp\n2026-01-01T00:05:00.000001,3.0,4.0\n",
    }


def test_columns_are_written_in_the_order_of_the_schema_and_times_in_utc(written):
    files = written("t,temp,speed\n2026-01-01T02:01:00+02:00,0.1,1e-7\n".replace("temp", "motor.temp"))
    assert files == {("motor", "00:00"): "Timestamp,speed,temp\n2026-01-01T00:01:00.000000,1e-07,0.1\n"}


def test_a_component_without_a_value_in_a_row_gets_no_row(written):
    header = "t,flow,pressure,pump/temp,speed,motor/temp\n"
    files = written(header + "2026-01-01T00:01:00,1,,,,\n2026-01-01T00:02:00,,,,5,\n")
    assert files[("pump", "00:00")] == "Timestamp,flow,pressure,temp\n2026-01-01T00:01:00.000000,1.0,,\n"
    assert files[("motor", "00:00")] == "Timestamp,speed,temp\n2026-01-01T00:02:00.000000,5.0,\n"


def test_of_rows_with_the_same_time_the_last_value_of_each_sensor_wins(written):
    rows = "2026-01-01T00:01:00,1,10\n2026-01-01T00:01:00,2,\n"
    assert written("t,speed,motor/temp\n" + rows)[("motor", "00:00")].endswith("00:01:00.000000,2.0,10.0\n")


def test_two_uploads_of_parts_of_a_window_lose_nothing(written):
    header = "t,speed,motor/temp\n"
    first = written(header + "2026-01-01T00:01:00,1,1\n2026-01-01T00:03:00,3,3\n")
    both = written(header + "2026-01-01T00:02:00,2,2\n2026-01-01T00:03:00,,9\n", first)
    assert both[("motor", "00:00")].splitlines()[1:] == [
        "2026-01-01T00:01:00.000000,1.0,1.0",
        "2026-01-01T00:02:00.000000,2.0,2.0",
        "2026-01-01T00:03:00.000000,3.0,9.0",
    ]


@pytest.mark.parametrize("there", ["Timestamp,speed\n2026-01-01T00:01:00,1\n", "Timestamp,speed,temp\n1,2,3\n", "\x00"])
def test_a_file_that_merging_would_lose_is_not_overwritten(written, there):
    with pytest.raises(InvalidUpload) as caught:
        written("t,speed,motor/temp\n2026-01-01T00:02:00,2,2\n", {("motor", "00:00"): there})
    assert caught.value.errors[0]["file"] == "there.csv"


readings = st.lists(
    st.tuples(st.integers(0, 3000), st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9)),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)  # other work on the machine is no failure
@given(rows=readings, cells=st.integers(3, 40), ordered=st.booleans())
def test_the_files_do_not_depend_on_the_chunks_and_a_second_run_changes_nothing(written, rows, cells, ordered):
    rows = sorted(rows, key=lambda row: row[0]) if ordered else rows
    text = "t,speed,motor/temp\n" + "".join(
        f"{(START + timedelta(seconds=seconds)).isoformat()},{'' if a is None else a},{'' if b is None else b}\n"
        for seconds, a, b in rows
    )
    at_once = written(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CELLS_PER_CHUNK", cells)
        assert written(text) == at_once
        assert written(text, at_once) == at_once
    assert written(text, at_once) == at_once
    assert at_once == _plainly(rows)


def _plainly(rows) -> Files:
    """The same by a dictionary for each second."""
    seconds: dict[int, list] = {}
    for second, *cells in rows:
        if cells != [None, None]:
            there = seconds.setdefault(second, [None, None])
            seconds[second] = [old if new is None else new for old, new in zip(there, cells, strict=True)]
    files: Files = {}
    for second in sorted(seconds):
        start = START + timedelta(seconds=(second - 1) // 300 * 300)
        time = (START + timedelta(seconds=second)).replace(tzinfo=None).isoformat(timespec="microseconds")
        line = ",".join([time, *("" if cell is None else f"{cell}.0" for cell in seconds[second])])
        key = ("motor", start.strftime("%H:%M"))
        files[key] = files.get(key, "Timestamp,speed,temp\n") + line + "\n"
    return files


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_the_shortest_text_that_reads_back_the_same(written, number):
    (content,) = written(f"t,speed,motor/temp\n2026-01-01T00:01:00,{number!r},\n").values()
    text = content.splitlines()[1].split(",")[1]
    assert text == repr(number)
    assert np.float64(text) == number


def test_in_a_file_in_order_each_window_comes_once(schema, monkeypatch):
    monkeypatch.setattr(reading, "CELLS_PER_CHUNK", 21)
    text = "t,speed,motor/temp\n" + "".join(f"2026-01-01T00:{minute:02}:00,1,2\n" for minute in range(60))
    table = open_table([text.encode()], schema, Faults())
    starts = [item.start for item in cut_windows(table.chunks, table.columns, FIVE)]
    assert len(starts) == len(set(starts)) == 13  # minute 0 belongs to the window before


def surveyed(schema, text: str):
    faults = Faults("data.csv")
    counted: list[int] = []
    result = survey_table(open_table([text.encode()], schema, faults), faults, FIVE, counted.append)
    return *result, sum(counted)


def test_the_survey_counts_rows_files_and_repeated_times(schema, monkeypatch):
    monkeypatch.setattr(reading, "CELLS_PER_CHUNK", 12)
    rows = ["00:01:00,1,,,5,", "00:01:00,2,,,5,", "00:06:00,,,,5,", "00:07:00,,,,,"]
    text = "t,flow,pressure,pump/temp,speed,motor/temp\n" + "".join(f"2026-01-01T{row}\n" for row in rows)
    report, windows, counted = surveyed(schema, text)
    assert (report.rows, report.rows_without_values, report.duplicate_timestamps, counted) == (4, 1, 1, 4)
    assert (report.components, report.input_files, len(windows)) == (("pump", "motor"), 3, 3)
    assert (report.first_timestamp, report.last_timestamp) == (START.replace(minute=1), START.replace(minute=7))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("t,speed,motor/temp\n2026-01-01T00:01:00,,\n", "None of the rows has a value"),
        ("t,speed,motor/temp\n2026-01-01T00:01:00,x,1\n", "'x' is not a number"),
    ],
)
def test_the_survey_refuses_a_file_with_wrong_rows_or_without_values(schema, text, said):
    with pytest.raises(InvalidUpload, match=said):
        surveyed(schema, text)
