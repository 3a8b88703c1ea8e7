"""A plant with three operating modes: faults that are small beside the distance from mode to mode."""

import numpy as np
import pytest
from support.detection.plants import operating_modes

from service.engine.detection import FittedModel, Readings, fit, score

SEED = 4


@pytest.fixture(scope="module")
def cases():
    return operating_modes(SEED)


@pytest.fixture(scope="module")
def plant(cases) -> FittedModel:
    return fit(readings(cases[0].training))


def readings(table) -> Readings:
    return Readings(table.times, table.values, table.sensors)


def test_shifts_of_six_noises_are_found_and_named(plant, cases):
    shifts = [case for case in cases if case.kind == "shift"]
    judged = [(case, score(plant, readings(case.series))) for case in shifts]
    assert np.mean([scores.anomalous[case.faulty].mean() for case, scores in judged]) > 0.7
    named = [scores.contributions[case.faulty].mean(axis=0).argmax() for case, scores in judged]
    assert (
        np.mean([scores.sensors[name] == case.culprit for name, (case, scores) in zip(named, judged, strict=True)])
        > 0.9
    )


def test_changes_of_mode_and_load_are_no_faults(plant, cases):
    normal = next(case for case in cases if case.kind == "no fault")
    assert score(plant, readings(normal.series)).anomalous.mean() < 0.01
