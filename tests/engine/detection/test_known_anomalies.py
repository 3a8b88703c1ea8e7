"""Labelled anomalies in training data: they are not learnt from, and move the threshold within bounds."""

from itertools import pairwise

import numpy as np
import pytest

from service.engine.detection import LEAD_ROWS, Chunk, Readings, finish, fit, judging, passes, score
from service.engine.detection.chunks import Labelled
from service.engine.detection.known_anomalies import FEWEST_LABELLED

TEMPERATURE = 3  # wanders around 40 by 2, on its own
FAULT = slice(1200, 1320)
CUTS = [0, 1100, 1250, 1253, 1319, 2000, 3000]


def upset(readings: Readings, rows: slice, by: float) -> Readings:
    readings.values[rows, TEMPERATURE] += by
    return readings


def thresholds_over(one, other) -> list[float]:
    ratios = [mine.threshold / its.threshold for mine, its in zip(one.distances, other.distances, strict=True)]
    return [*ratios, *np.exp(np.subtract(one.thresholds, other.thresholds))]


@pytest.fixture
def trained(machine, minute):
    """Training with a fault by so much, labelled from one minute to another or only left out."""

    def trained(by: float, first: int = FAULT.start, last: int = FAULT.stop - 1):
        readings, known = upset(machine(3000), FAULT, by), [(minute(first), minute(last))]
        return fit(readings, anomalies=known), fit(readings, left_out=known)

    return trained


def test_a_fault_that_was_labelled_is_found_more_often_next_time(trained, machine):
    heeding, deaf = trained(2.4)
    faulty, healthy = upset(machine(600, first=5000), slice(0, 600), 2.4), machine(3000, first=8000)
    assert score(heeding, faulty).anomalous.mean() > 1.2 * score(deaf, faulty).anomalous.mean()
    assert score(heeding, healthy).anomalous.mean() < 0.01


def test_labels_of_what_is_found_anyway_change_nothing(trained):
    heeding, deaf = trained(40.0)
    assert thresholds_over(heeding, deaf) == [1.0] * 6


def test_labels_of_what_is_normal_take_back_the_safety_and_no_more(trained, machine):
    heeding, deaf = trained(0.0)
    assert thresholds_over(heeding, deaf) == pytest.approx([thresholds_over(heeding, deaf)[0]] * 6)
    assert 2 / 3 <= thresholds_over(heeding, deaf)[0] < 1
    assert score(heeding, machine(3000, first=8000)).anomalous.mean() < 0.01


def test_a_handful_of_labelled_rows_says_nothing(trained):
    heeding, deaf = trained(2.4, last=FAULT.start + FEWEST_LABELLED - 2)
    assert thresholds_over(heeding, deaf) == [1.0] * 6


@pytest.mark.parametrize("judged_rows", [judging.JUDGED_ROWS, 50])
def test_labelled_rows_say_the_same_in_other_chunks(machine, minute, monkeypatch, judged_rows):
    monkeypatch.setattr(judging, "JUDGED_ROWS", judged_rows)
    monkeypatch.setattr(judging, "STRETCH", 25)
    readings = upset(machine(3000), FAULT, 2.8)  # found in part: the factor lies between its bounds
    whole = fit(readings, anomalies=[(minute(FAULT.start), minute(FAULT.stop - 1))])
    state = {}
    for step in passes():
        state = step.join(state, [step.look(state, chunk) for chunk in in_chunks(readings)])
    assert thresholds_over(finish(state), whole) == pytest.approx([1.0] * 6, rel=1e-3)


def in_chunks(readings: Readings) -> list[Chunk]:
    """Cut in the middle of the fault as well; each chunk with its own labelled rows and those before."""
    known = np.zeros(len(readings), dtype=bool)
    known[FAULT] = True
    learnt, made = np.flatnonzero(~known), []
    for start, stop in pairwise(CUTS):
        own = learnt[(learnt >= start) & (learnt < stop)]
        position = int((learnt < start).sum())
        lead = learnt[max(position - LEAD_ROWS, 0) : position]
        around = np.arange(max(start - LEAD_ROWS, 0), stop)
        labelled = Labelled(readings.rows(around), known[around] & (around >= start))
        rows = readings.rows(np.concatenate([lead, own]))
        made.append(Chunk(rows, len(lead), position, labelled if labelled.chosen.any() else None))
    return made
