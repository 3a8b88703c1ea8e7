"""Figures of readings: how far they have moved away from the training data."""

from dataclasses import astuple

import numpy as np
import pytest

from service.engine.detection import drift

FIRST = 6000  # a minute after the training data


def test_readings_like_those_of_training_have_not_drifted(model, machine):
    figures = drift(model, machine(200, first=FIRST))
    assert figures.stuck == ()
    assert figures.outside_share < 0.01
    assert figures.shift < 0.5


def test_a_sensor_out_of_its_range_is_named_with_its_share(model, machine):
    readings = machine(100, first=FIRST)
    readings.values[:25, 3] += 50
    figures = drift(model, readings)
    assert figures.outside[0] == ("motor\\temperature", 0.25)
    assert figures.outside_share == pytest.approx(0.25 / 5, abs=0.005)
    assert figures.shifted == "motor\\temperature"


def test_gaps_change_nothing(model, machine):
    whole, gappy = machine(100, first=FIRST), machine(100, first=FIRST)
    gappy.values[::2, 0] = np.nan
    assert drift(model, gappy).outside == drift(model, whole).outside


def test_a_sensor_that_moved_in_training_and_rests_is_stuck(model, machine):
    readings = machine(40, first=FIRST)
    readings.values[-10:, 1] = readings.values[-10, 1]
    assert drift(model, readings).stuck == ("pump\\pressure",)  # and not the one that never moved


@pytest.mark.parametrize("rows", [0, 1])
def test_figures_are_never_nan(model, machine, rows):
    readings = machine(1, first=FIRST).rows(slice(rows))
    readings.values[:] = np.nan
    assert not any(value != value for value in astuple(drift(model, readings)) if isinstance(value, float))
