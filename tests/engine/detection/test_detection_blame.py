"""Which sensor is blamed: the one without whose values the distance would be smallest."""

from dataclasses import replace

import numpy as np
import pytest
from support.detection.planted import planted_faults

from service.engine.detection import Readings, fit, score
from service.engine.detection.distances import paired_means
from service.engine.detection.judgement import judge
from service.engine.detection.model import Distance


def distance_without(precision: np.ndarray, means: np.ndarray, own: list[int]) -> float:
    """The smallest squared distance that other values in these places could give."""
    inner, pull = precision[np.ix_(own, own)], (precision @ means)[own]
    changed = means.copy()
    changed[own] -= np.linalg.solve(inner, pull)
    return changed @ precision @ changed


@pytest.mark.parametrize("rows", [0, 1, 10])
def test_a_share_is_what_the_distance_would_lose_if_one_sensor_were_right_now_and_before(model, rows):
    rng, size = np.random.default_rng(5), 4
    precision = model.distances[[0, 1, 10].index(rows)].precision
    deviations, history = rng.normal(size=(40, size)), np.arange(40)
    alone = replace(model, distances=(Distance(rows, precision, 1.0),), views=())
    means = paired_means(deviations, history, rows)[-1]
    judged = judge(alone, deviations, history, 39)
    places = [[sensor, sensor + size] if rows else [sensor] for sensor in range(size)]
    lost = [judged.ratio[0] - distance_without(precision, means, own) for own in places]
    assert np.allclose(judged.blame[0], lost)


def test_the_broken_one_of_four_loosely_related_sensors_is_named_if_there_is_an_alarm():
    named = []
    for seed in range(2, 8):
        cases = planted_faults(seed, sensors=4, training_rows=600)
        fitted = fit(readings(cases[0].training))
        for case in cases:
            scores = score(fitted, readings(case.series))
            rows = case.faulty & scores.anomalous
            if rows.any():
                named.append(scores.sensors[scores.contributions[rows].mean(axis=0).argmax()] == case.culprit)
    assert len(named) > 60
    assert np.mean(named) > 0.93


def test_a_noisy_sensor_is_named_in_rows_in_which_it_reads_as_usual_too():
    cases = [case for case in planted_faults(3, sensors=12, training_rows=1500) if case.kind == "noise"]
    fitted = fit(readings(cases[0].training))
    named = []
    for case in cases:
        scores = score(fitted, readings(case.series))
        rows = case.faulty & scores.anomalous
        named += (scores.contributions[rows].argmax(axis=1) == scores.sensors.index(case.culprit)).tolist()
    assert len(named) > 100
    assert np.mean(named) > 0.95


def readings(table) -> Readings:
    return Readings(table.times, table.values, table.sensors)
