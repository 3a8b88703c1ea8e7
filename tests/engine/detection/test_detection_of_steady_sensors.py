import numpy as np
import pytest

from service.engine.detection import Readings, fit, score

POLES = 4  # shows 4.0 in all of training


@pytest.mark.parametrize("value", [4.0001, 4.1, 5.0, 0.0, -4.0, 1e300])
def test_a_sensor_that_never_moved_and_then_does_is_noticed_at_once_and_blamed(model, machine, value):
    readings = machine(60, first=5000)
    readings.values[30:, POLES] = value
    scores = score(model, readings)
    assert scores.anomalous[30:].all()
    assert not scores.anomalous[:30].any()
    assert (scores.contributions[30:].argmax(axis=1) == POLES).all()


@pytest.mark.parametrize("value", [4.0, 4.0 + 1e-12, np.float64(np.float32(4.0000002)), np.nan, np.inf])
def test_a_sensor_that_never_moved_has_no_influence_while_it_stays_or_is_silent(model, machine, value):
    readings = machine(60, first=5000)
    undisturbed = score(model, readings)
    readings.values[30:, POLES] = value
    scores = score(model, readings)
    assert np.array_equal(scores.score, undisturbed.score)
    assert (scores.contributions[:, POLES] == 0).all()


def test_any_value_that_training_showed_is_normal_however_rare(machine):
    training = machine(20_000)
    training.values[7001, POLES] = 5.0  # not among the rows that are sampled for the scale
    fitted = fit(training)
    assert list(fitted.steady.columns) == [POLES]
    readings = machine(10, first=25_000)
    readings.values[3, POLES], readings.values[6, POLES] = 4.7, 5.1
    moved = score(fitted, readings).contributions.argmax(axis=1) == POLES
    assert not moved[3]
    assert moved[6]


def test_a_zero_that_is_no_longer_one_is_noticed(machine):
    training, readings = machine(1000), machine(20, first=5000)
    training.values[:, POLES] = 0.0
    readings.values[:10, POLES], readings.values[10:, POLES] = 1e-15, 1e-3
    scores = score(fit(training), readings)
    assert scores.anomalous.tolist() == [False] * 10 + [True] * 10


def test_a_sensor_that_was_never_read_says_nothing(machine):
    training, readings = machine(1000), machine(20, first=5000)
    known = training.sensors[:POLES]
    blind = Readings(training.times, np.where(np.arange(5) == POLES, np.nan, training.values), training.sensors)
    assert np.allclose(score(fit(blind), readings).score, score(fit(training.of_sensors(known)), readings).score)
