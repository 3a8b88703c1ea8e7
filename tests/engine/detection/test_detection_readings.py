from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from service.engine.detection import Readings, readings_from_frame
from service.engine.detection.readings import moment, rows_before, within


def test_a_frame_with_a_zoned_index_becomes_readings_in_utc():
    index = pd.date_range("2026-01-01 01:00", periods=2, freq="min", tz="Europe/Berlin")
    readings = readings_from_frame(pd.DataFrame({"a\\x": [1, 2]}, index=index))
    assert moment(readings.times[0]) == datetime(2026, 1, 1, tzinfo=UTC)
    assert readings.sensors == ("a\\x",)
    assert readings.values.tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_resolution_of_the_index_does_not_matter(unit):
    index = pd.DatetimeIndex(["2026-01-01 00:00", "2026-01-01 00:01"]).as_unit(unit)
    readings = readings_from_frame(pd.DataFrame({"a\\x": [1.0, 2.0]}, index=index))
    assert readings.times.dtype == np.dtype("datetime64[ns]")
    assert readings.times[1] == np.datetime64("2026-01-01T00:01", "ns")


def test_times_that_do_not_ascend_are_refused(machine):
    some = machine(3)
    with pytest.raises(ValueError, match="must ascend"):
        Readings(some.times[::-1], some.values, some.sensors)


def test_values_of_another_shape_are_refused(machine):
    some = machine(3)
    with pytest.raises(ValueError, match="shape"):
        Readings(some.times, some.values[:, :2], some.sensors)


def test_sensors_can_be_chosen_and_ordered_by_name(machine):
    some = machine(3)
    chosen = some.of_sensors(["motor\\current", "pump\\flow"])
    assert np.array_equal(chosen.values, some.values[:, [2, 0]])


def test_a_sensor_that_is_not_there_is_named(machine):
    with pytest.raises(ValueError, match=r"pump\\speed"):
        machine(3).of_sensors(["pump\\flow", "pump\\speed"])


def test_history_counts_rows_and_starts_anew_after_a_pause():
    times = np.array([0, 1, 2, 9, 10, 16], dtype="datetime64[m]").astype("datetime64[ns]")
    assert rows_before(times, np.timedelta64(5, "m")).tolist() == [0, 1, 2, 0, 1, 0]


def test_both_ends_of_a_range_lie_within_it(machine, minute):
    inside = within(machine(6).times, [(minute(1), minute(2)), (minute(4), minute(4))])
    assert inside.tolist() == [False, True, True, False, True, False]
