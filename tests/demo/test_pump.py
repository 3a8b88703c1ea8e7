import io
import time
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from service.demo.pump import SCHEMA, SENSORS, Fault, component_csv, readings

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def test_the_same_minute_has_the_same_readings_whatever_span_is_asked():
    fault = Fault("cavitation", START + 0.2 * DAY, START + 0.9 * DAY)
    whole = readings(START - 2 * DAY, START + 2 * DAY, [fault])
    for hours in (0, 7, 23):
        part = readings(START + timedelta(hours=hours), START + timedelta(hours=hours, minutes=95), [fault])
        assert_frame_equal(part, whole.loc[part.index])


def test_a_start_belongs_to_the_span_and_an_end_does_not():
    minutes = readings(START, START + timedelta(minutes=30)).index
    assert minutes.min() == START
    assert minutes.max() == START + timedelta(minutes=29)


def test_the_next_span_goes_on_where_the_last_one_ended():
    middle = START + timedelta(minutes=777)
    joined = pd.concat([readings(START, middle), readings(middle, START + DAY)])
    assert_frame_equal(joined, readings(START, START + DAY))


def test_times_in_other_zones_mean_the_same_instants():
    eastern = timezone(timedelta(hours=-5))
    assert_frame_equal(
        readings(START, START + timedelta(hours=1)),
        readings(START.astimezone(eastern), (START + timedelta(hours=1)).astimezone(eastern)),
    )


def test_an_empty_span_has_every_column_and_no_row():
    frame = readings(START, START)
    assert (len(frame), list(frame.columns)) == (0, list(SENSORS))


def test_there_are_three_components_and_twenty_sensors_with_units_and_meanings():
    assert list(SCHEMA) == ["pump", "motor", "process"]
    assert len(SENSORS) == 20
    assert all(sensor.unit and sensor.meaning for sensor in SENSORS.values())


def test_a_month_is_made_in_less_than_two_seconds():
    begun = time.process_time()
    readings(START, START + 30 * DAY)
    assert time.process_time() - begun < 2.0


def test_rows_and_cells_are_missing_now_and_then_but_never_a_window_of_five_minutes():
    month = readings(START, START + 30 * DAY)
    steps = month.index.to_series().diff().dropna()
    assert 0 < 30 * 1440 - len(month) < 100
    assert steps.max() <= timedelta(minutes=5)
    assert 0 < month.isna().to_numpy().mean() < 0.001


def test_a_healthy_pump_obeys_its_own_physics():
    month = readings(START, START + 30 * DAY).dropna()
    lift = month["pump\\discharge_pressure"] - month["pump\\suction_pressure"]
    hydraulic_power = lift * 100.0 * month["pump\\flow"] / 3600.0
    efficiency = hydraulic_power / month["motor\\power"]
    apparent_power = np.sqrt(3) * month["motor\\voltage"] * month["motor\\current"] / 1000.0
    assert efficiency.between(0.5, 0.8).all()
    assert (month["motor\\power"] / apparent_power).between(0.8, 0.92).all()
    assert (month["pump\\suction_pressure"] > 0).all()
    assert month["process\\valve_position"].between(10, 100).all()
    assert (month["motor\\winding_temperature"] > month["process\\ambient_temperature"] + 10).all()


def test_the_load_follows_shifts_and_weekends():
    flow = readings(START, START + 28 * DAY)["pump\\flow"]
    by_hour = flow.groupby(flow.index.hour).mean()
    by_weekday = flow.groupby(flow.index.day_of_week).mean()
    assert by_hour[10] > by_hour[18] > by_hour[2]
    assert by_weekday[:5].min() > by_weekday[5:].max()


def test_bearings_warm_up_later_than_the_load():
    week = readings(START, START + 7 * DAY).interpolate()
    power, bearing = week["motor\\power"], week["pump\\bearing_temperature_drive_end"]
    assert bearing.corr(power.shift(30)) > bearing.corr(power)


@pytest.mark.parametrize("kind", ["bearing_wear", "cavitation", "valve_sticking"])
def test_a_fault_changes_nothing_before_it_starts_and_after_it_ended_but_the_heat_it_left(kind):
    fault = Fault(kind, START + timedelta(hours=8), START + timedelta(hours=14))
    healthy, faulty = readings(START, START + DAY), readings(START, START + DAY, [fault])
    before, after = fault.start - timedelta(minutes=1), fault.end + timedelta(hours=7)
    assert_frame_equal(faulty[:before], healthy[:before])
    assert_frame_equal(faulty[after:], healthy[after:])
    assert not faulty.equals(healthy)


def test_a_severer_wear_shakes_and_warms_the_bearing_more():
    def peak(severity: float) -> pd.Series:
        return readings(START, START + DAY, [Fault("bearing_wear", START, START + DAY, severity)])[-120:].mean()

    mild, severe = peak(0.5), peak(1.5)
    for sensor in ("pump\\vibration_drive_end", "pump\\bearing_temperature_drive_end"):
        assert severe[sensor] > mild[sensor]


def test_an_unknown_fault_is_refused_with_the_ones_there_are():
    with pytest.raises(ValueError, match="bearing_wear, cavitation, valve_sticking"):
        Fault("rust", START, START + DAY)


def test_a_fault_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="must end after it starts"):
        Fault("cavitation", START, START)


def test_csv_has_the_timestamp_first_and_the_short_names_of_one_component():
    text = component_csv(readings(START, START + timedelta(minutes=3)), "motor")
    header, first, *_ = text.splitlines()
    assert header == "Timestamp,current,voltage,power,winding_temperature,bearing_temperature,vibration"
    assert first.startswith("2026-03-02T00:00:00.000000,")


def test_csv_leaves_a_missing_cell_empty():
    frame = readings(START, START + timedelta(minutes=2))
    frame.iloc[0, frame.columns.get_loc("motor\\voltage")] = np.nan
    again = pd.read_csv(io.StringIO(component_csv(frame, "motor")))
    assert again["voltage"].isna().tolist() == [True, False]
