"""SKAB and Tennessee Eastman, where a folder beside the checkout has them: what we promise of the detector."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from support.detection.cases import Case, Verdict
from support.detection.measures import detection_rate, quality
from support.detection.ours import ours
from support.detection.public_data import skab, tennessee_eastman

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data"

pytestmark = pytest.mark.skipif(not (FOLDER / "skab").is_dir(), reason="no published data beside this checkout")


def verdicts(cases: Sequence[Case]) -> list[Verdict]:
    learnt = {id(case.training): ours(case.training) for case in cases}
    judged = [(case, learnt[id(case.training)]) for case in cases]
    return [Verdict(*knowing.judge(case), knowing.threshold(), 0.0, 0.0) for case, knowing in judged]


def test_the_valve_runs_of_skab_are_judged_better_than_published_methods_do():
    cases = skab(FOLDER)["SKAB valve1"]
    found = quality(cases, verdicts(cases))
    assert len(cases) == 16
    assert found.f1 >= 0.85
    assert found.false <= 15
    assert found.auc_pr >= 0.90


def test_faults_of_the_eastman_process_are_found_without_false_alarms():
    cases = tennessee_eastman(FOLDER)["Tennessee Eastman"]
    judged = zip(cases, verdicts(cases), strict=True)
    rates = {case.kind: detection_rate(case, verdict) for case, verdict in judged}
    assert rates.pop("no fault") <= 1
    assert list(rates) == [f"fault {number}" for number in (1, 5, 11, 19, 21)]
    assert sum(rates.values()) / 5 >= 85
