from datetime import timedelta

import numpy as np
import pytest

from service.engine.detection import Readings, TrainingError, fit, save, score


def changed(readings: Readings, values: np.ndarray) -> Readings:
    return Readings(readings.times, values, readings.sensors)


def test_the_same_readings_give_the_same_model(machine):
    assert save(fit(machine(500))) == save(fit(machine(500)))


def test_nearly_all_normal_rows_score_below_one_half(model, machine):
    assert score(model, machine(5000, first=4000)).anomalous.mean() < 0.02


def test_too_few_rows_are_refused_with_both_numbers(machine):
    with pytest.raises(TrainingError, match=r"has 12 rows .*; at least 100 are needed\."):
        fit(machine(12))


def test_no_rows_at_all_are_refused(machine):
    with pytest.raises(TrainingError, match="has 0 rows"):
        fit(machine(0))


def test_rows_in_labelled_ranges_do_not_count(machine, minute):
    with pytest.raises(TrainingError, match=r"has 90 rows .*without the labelled ranges"):
        fit(machine(150), left_out=[(minute(0), minute(59))])


def test_training_data_in_which_nothing_changes_is_refused(machine):
    still = machine(200)
    with pytest.raises(TrainingError, match="None of the 5 sensors changes"):
        fit(changed(still, np.ones_like(still.values)))


def test_training_data_without_any_value_is_refused(machine):
    empty = machine(200)
    with pytest.raises(TrainingError, match="None of the 5 sensors changes"):
        fit(changed(empty, np.full_like(empty.values, np.nan)))


def test_training_data_of_single_rows_between_pauses_is_refused(machine):
    hourly = machine(12000).rows(slice(None, None, 60))
    with pytest.raises(TrainingError, match="all pauses"):
        fit(hourly, sampling=timedelta(minutes=1))


def test_one_hundred_rows_of_many_sensors_are_enough():
    rng = np.random.default_rng(3)
    times = np.datetime64("2026-01-01", "ns") + np.arange(100) * np.timedelta64(1, "m")
    wide = Readings(times, rng.normal(size=(100, 60)), tuple(f"c\\s{number}" for number in range(60)))
    assert np.isfinite(score(fit(wide), wide).score).all()


def test_two_sensors_that_are_copies_of_each_other_can_be_learnt_from(machine):
    readings = machine(500)
    twins = Readings(readings.times, readings.values[:, [0, 0, 1]], ("a\\x", "a\\copy", "a\\y"))
    assert score(fit(twins), twins).anomalous.mean() < 0.05


def test_what_is_labelled_is_not_learnt_as_normal(machine, minute):
    readings = machine(3000)
    values = readings.values.copy()
    values[1000:1300, 0] += 30.0
    faulty = changed(readings, values)
    learnt = fit(faulty, left_out=[(minute(1000), minute(1299))])
    assert score(learnt, faulty).anomalous[1000:1300].all()


def test_a_fault_that_nobody_labelled_does_not_hide_other_faults(machine):
    readings = machine(3000)
    values = readings.values.copy()
    values[1000:1150, 0] += 30.0
    learnt = fit(changed(readings, values))
    other = machine(100, first=4000)
    other.values[50:, 2] += 15.0
    assert score(learnt, other).anomalous[50:].mean() > 0.9


def test_a_few_wild_readings_in_training_do_not_blind_a_sensor(machine):
    readings = machine(3000)
    readings.values[::700, 0] = 1e300
    faulty = machine(100, first=4000)
    faulty.values[50:, 0] += 30.0
    assert score(fit(readings), faulty).anomalous[50:].all()


def test_a_sensor_missing_at_the_start_of_training_is_learnt_from_the_rest(machine):
    readings = machine(1000)
    readings.values[:300, 1] = np.nan
    model = fit(readings)
    assert model.trained_rows == 700
    assert 1 in model.scaling.columns


def test_a_sensor_that_was_hardly_ever_read_is_left_out(machine):
    readings = machine(1000)
    readings.values[:900, 1] = np.nan
    model = fit(readings)
    assert model.trained_rows == 1000
    assert 1 not in model.scaling.columns
