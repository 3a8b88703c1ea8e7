"""Faults planted on one of thirty sensors that go together: the detector names the one that is broken."""

import numpy as np
import pytest
from support.detection.cases import Case, Table
from support.detection.planted import KINDS, planted_faults

from service.engine.detection import FittedModel, Readings, Scores, fit, score

SEED = 4


def readings(table: Table) -> Readings:
    return Readings(table.times, table.values, table.sensors)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return planted_faults(SEED)


@pytest.fixture(scope="module")
def plant(cases) -> FittedModel:
    return fit(readings(cases[0].training))


@pytest.fixture(scope="module")
def judged(plant, cases) -> list[tuple[Case, Scores]]:
    return [(case, score(plant, readings(case.series))) for case in cases]


def is_named(case: Case, scores: Scores) -> bool:
    """Whether the broken sensor has the largest mean contribution over the anomalous rows of its fault."""
    rows = case.faulty & scores.anomalous
    return rows.any() and case.culprit == scores.sensors[int(scores.contributions[rows].mean(axis=0).argmax())]


def test_the_broken_sensor_contributes_most_in_95_per_cent_of_the_faults(judged):
    assert len(judged) == 120
    assert np.mean([is_named(*pair) for pair in judged]) >= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_fault_is_named_much_worse_than_the_others(judged, kind):
    named = [is_named(case, scores) for case, scores in judged if case.kind == kind]
    assert len(named) == 30
    assert np.mean(named) >= 0.85


def test_a_row_with_an_alarm_names_the_broken_sensor(judged):
    rows = [(case, scores, case.faulty & scores.anomalous) for case, scores in judged]
    first = [
        scores.contributions[chosen].argmax(axis=1) == scores.sensors.index(c.culprit) for c, scores, chosen in rows
    ]
    assert np.concatenate(first).mean() >= 0.9


def test_hours_without_a_fault_are_hardly_ever_anomalous(judged):
    assert np.mean([scores.anomalous[~case.faulty].mean() for case, scores in judged]) < 0.02
