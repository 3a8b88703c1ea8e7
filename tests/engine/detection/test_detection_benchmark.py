"""The benchmark of detectors itself: what methods see, how thresholds are learnt, and what is counted."""

import numpy as np
from support.detection.cases import Case, Table, Verdict
from support.detection.exchange import read_cases, write_cases
from support.detection.measures import average_precision, quality
from support.detection.rule import side_by_side, threshold


def table(values) -> Table:
    times = np.datetime64("2026-01-01", "ns") + np.arange(len(values)) * np.timedelta64(1, "m")
    return Table(times, np.asarray(values, dtype=float).reshape(len(values), -1), ("a\\x",))


def case(faulty) -> Case:
    return Case(table([1, 2, 3]), table(np.zeros(len(faulty))), np.array(faulty, dtype=bool), culprit="a\\x")


def verdict(score) -> Verdict:
    return Verdict(np.array(score), np.ones((len(score), 1)), 0.5, 1.0, 2.0)


def test_methods_see_no_label(tmp_path):
    write_cases(tmp_path / "cases.npz", [case([0, 1, 1])])
    (seen,) = read_cases(tmp_path / "cases.npz")
    assert not seen.faulty.any()
    assert (seen.culprit, seen.kind) == ("", "")
    assert seen.training.values.tolist() == [[1], [2], [3]]


def test_a_training_that_cases_share_is_learnt_once(tmp_path):
    one = case([0, 1])
    write_cases(tmp_path / "cases.npz", [one, Case(one.training, one.series, one.faulty)])
    first, second = read_cases(tmp_path / "cases.npz")
    assert first.training is second.training


def test_alarms_are_counted_by_rows_and_stretches():
    found = quality([case([0, 0, 1, 1, 1, 0])], [verdict([0.9, 0.1, 0.2, 0.8, 0.7, 0.3])])
    assert found.f1 == 2 * 2 / (2 * 2 + 1 + 1)
    assert (round(found.false, 1), round(found.missed, 1)) == (33.3, 33.3)
    assert (found.found, found.delay, found.top_one) == (100, 1, 100)
    assert (found.fit_seconds, found.score_seconds) == (1, 2)


def test_the_area_under_precision_takes_ties_together():
    faulty = np.array([False, True, False, True])
    assert average_precision(faulty, np.array([0.1, 0.9, 0.2, 0.8])) == 1
    assert average_precision(faulty, np.ones(4)) == 0.5


def test_the_rule_for_thresholds_asks_rows_that_a_method_has_not_seen():
    def by_heart(learnt):
        return lambda rows: np.array([0.0 if row.tolist() in learnt.tolist() else row[0] for row in rows])

    assert threshold(by_heart, np.arange(100.0).reshape(-1, 1)) == np.quantile(np.arange(100.0), 0.99)


def test_rows_are_shown_beside_those_before_them():
    assert side_by_side(np.array([[1], [2], [3]]), lags=2).tolist() == [[2, 1], [3, 2]]
