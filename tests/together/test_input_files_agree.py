"""What the facade writes, the engine must find and read the same way: window, name, rows, result lines."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.detection import Scores
from service.engine.objects import StoredObject
from service.engine.scheduling.files import DELIMITERS, FileNaming, search_range, stamp_within
from service.engine.scheduling.stamps import TIMESTAMP_FORMATS
from service.engine.scheduling.stamps import parse_offset as offset_of_engine
from service.engine.scheduling.windows import Window
from service.engine.scheduling.windows import windows_between as windows_of_engine
from service.engine.work.inference.file_rows import parse_file
from service.engine.work.inference.result_lines import result_lines
from service.facade.domain.models import Component
from service.facade.domain.window_files import Window as FacadeWindow
from service.facade.domain.window_files import search_range as search_range_of_facade
from service.facade.domain.window_files import stamp_of
from service.facade.domain.window_files import windows_between as windows_of_facade
from service.facade.domain.windows import FREQUENCIES, STAMP_FORMATS, InputNaming, input_file_name, window_start
from service.facade.sensordata.cutting import cut_windows, window_numbers
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.files import render_file
from service.facade.sensordata.reading import open_table
from service.facade.sensordata.results import parse_results

PUMP = Component(component_name="pump", timestamp_column="Timestamp", sensors=("flow", "pressure"))
# EPOCH stamps have ten digits from September 2001 on; the engine knows no others.
instants = st.integers(10**9 + 7200, 7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
offsets = st.builds(
    lambda sign, hours, minutes: f"{sign}{hours:02}:{minutes}",
    st.sampled_from("+-"),
    st.integers(0, 11),
    st.sampled_from(["00", "30"]),
)


def test_both_houses_know_the_same_stamp_formats():
    assert set(STAMP_FORMATS) == set(TIMESTAMP_FORMATS)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("timestamp_format", STAMP_FORMATS)
@given(moment=instants, frequency=st.sampled_from(list(FREQUENCIES)), offset=offsets)
def test_the_engine_looks_for_the_file_of_a_row_when_it_scores_that_row(
    delimiter, timestamp_format, moment, frequency, offset
):
    naming = InputNaming(
        data_upload_frequency=frequency,
        timestamp_format=timestamp_format,
        component_timestamp_delimiter=delimiter,
        input_time_zone_offset=offset,
    )
    start = window_start(moment, naming.frequency)
    window = Window(start, start + naming.frequency)
    assert moment in window
    key = "in/" + input_file_name("pump", start, naming)
    of_engine = FileNaming("in/", timestamp_format, delimiter, timezone(offset_of_engine(offset)))
    assert stamp_within(of_engine, "pump", key, search_range(window)) == start


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("timestamp_format", STAMP_FORMATS)
@given(start=instants, other=st.integers(-900, 900), frequency=st.sampled_from(list(FREQUENCIES)), offset=offsets)
def test_both_houses_choose_the_same_files_for_a_window(delimiter, timestamp_format, start, other, frequency, offset):
    naming = InputNaming(
        data_upload_frequency=frequency,
        timestamp_format=timestamp_format,
        component_timestamp_delimiter=delimiter,
        input_time_zone_offset=offset,
    )
    of_engine = FileNaming("in/", timestamp_format, delimiter, timezone(offset_of_engine(offset)))
    start = window_start(start, naming.frequency)
    window, stamp = FacadeWindow(start, start + naming.frequency), start + timedelta(seconds=other)
    name = input_file_name("pump", stamp, naming)
    assert stamp_of("pump", name, naming) == stamp
    for given_name in (name, f"{name}.gz", name.replace("pump", "pump2"), name.replace(".csv", "0.csv")):
        found = stamp_of("pump", given_name, naming)
        chosen = found is not None and found in search_range_of_facade(window)
        engine_window = Window(start, start + naming.frequency)
        assert chosen == bool(stamp_within(of_engine, "pump", f"in/{given_name}", search_range(engine_window)))


@given(start=instants, minutes=st.integers(0, 300), frequency=st.sampled_from(list(FREQUENCIES.values())))
def test_both_houses_cut_the_range_of_a_replay_alike(start, minutes, frequency):
    end, length = start + timedelta(minutes=minutes), timedelta(minutes=frequency)
    ours = [(window.data_start_time, window.data_end_time) for window in windows_of_facade(start, end, length)]
    assert ours == [(w.data_start_time, w.data_end_time) for w in windows_of_engine(start, end, length)]


@given(moment=instants, frequency=st.sampled_from(list(FREQUENCIES.values())))
def test_rows_are_cut_into_the_windows_that_files_are_named_after(moment, frequency):
    length = timedelta(minutes=frequency)
    (number,) = window_numbers(np.array([moment.replace(tzinfo=None)], "datetime64[us]"), length)
    assert datetime(1970, 1, 1, tzinfo=UTC) + int(number) * length == window_start(moment, length)


def test_the_engine_reads_the_rows_that_were_uploaded():
    uploaded = b"t,pump/pressure,flow\n2026-03-01 12:01:00,0.1,1e-7\n2026-03-01 12:02:00.5,,3\n"
    table = open_table([uploaded], [PUMP], Faults())
    (window,) = cut_windows(table.chunks, table.columns, timedelta(minutes=5))
    entry = StoredObject("in/pump_20260301120000.csv", 1, "", datetime(2026, 3, 1, tzinfo=UTC))
    rows = parse_file(entry, "pump", PUMP.sensors, render_file(window))
    assert rows.faults == ()
    assert rows.readings.times.astype("datetime64[ms]").astype(str).tolist() == [
        "2026-03-01T12:01:00.000",
        "2026-03-01T12:02:00.500",
    ]
    np.testing.assert_array_equal(rows.readings.values, [[1e-7, 0.1], [3, np.nan]])


def test_the_facade_reads_the_lines_that_the_engine_writes():
    times = np.array(["2026-03-01T12:01", "2026-03-01T12:02", "2026-03-01T12:03"], "datetime64[us]")
    sensors = ("pump\\flow", "pump\\pressure")
    scores = Scores(
        times[1:], sensors, np.array([0.25, 0.75]), np.array([[0.5, 0.5], [0.1, 0.9]]), np.timedelta64(1, "m")
    )
    off, normal, anomalous = parse_results(result_lines(times, scores))
    assert (off.prediction_reason, off.anomaly_score, off.contributions) == ("MACHINE_OFF", None, None)
    assert (normal.prediction, normal.anomaly_score, normal.sensors) == (0, 0.25, sensors)
    assert (anomalous.prediction, anomalous.contributions) == (1, (0.1, 0.9))
    assert anomalous.timestamp == datetime(2026, 3, 1, 12, 3, tzinfo=UTC)
