"""A sensor that only counts: hours run, a total. Its level never comes again, and says nothing of what is normal."""

import numpy as np
import pytest

from service.engine.detection import Readings, drift, fit, score

POLES = 4  # the place of the sensor that counts here
TRAINED, LATER = 1000, 20_000


def counting(readings: Readings, *, sign: int = 1, period: int | None = None) -> Readings:
    """The readings with hours run in place of one sensor, from the first minute of training on."""
    minutes = (readings.times - np.datetime64("2026-01-01", "ns")) // np.timedelta64(1, "m")
    values = readings.values.copy()
    values[:, POLES] = sign * (minutes % period if period else minutes) / 60.0
    return Readings(readings.times, values, readings.sensors)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_counter_has_no_influence_however_far_it_has_come(machine, sign):
    training, later = counting(machine(TRAINED), sign=sign), counting(machine(300, first=LATER), sign=sign)
    others = training.sensors[:POLES]
    found = score(fit(training), later)
    assert np.array_equal(found.score, score(fit(training.of_sensors(others)), later.of_sensors(others)).score)
    assert (found.contributions[:, POLES] == 0).all()
    assert found.anomalous.mean() < 0.05


def test_a_counter_that_begins_anew_is_no_anomaly_and_no_drift(machine):
    model = fit(counting(machine(TRAINED)))
    again = counting(machine(300, first=LATER), period=LATER + 150)
    assert score(model, again).anomalous.mean() < 0.05
    moved = drift(model, again)
    assert again.sensors[POLES] not in (moved.shifted, *dict(moved.outside), *moved.stuck)


def test_faults_of_other_sensors_are_found_beside_a_counter_and_blamed_on_them(machine):
    readings = counting(machine(300, first=LATER))
    readings.values[150:, 0] += 15.0
    scores = score(fit(counting(machine(TRAINED))), readings)
    assert scores.anomalous[155:].all()
    assert (scores.contributions[155:].argmax(axis=1) == 0).all()


def test_a_counter_that_began_anew_in_training_is_judged_like_any_sensor(machine):
    assert POLES in fit(counting(machine(TRAINED), period=300)).scaling.columns


def test_a_sensor_that_was_set_higher_a_few_times_is_no_counter(machine):
    readings = machine(TRAINED)
    readings.values[:, POLES] = np.arange(TRAINED) // 100
    assert POLES in fit(readings).scaling.columns


def test_counters_alone_are_learnt_from_all_the_same(machine):
    only = counting(machine(TRAINED)).of_sensors(machine(1).sensors[POLES:])
    assert np.isfinite(score(fit(only), only).score).all()
