"""Who becomes active, by mode and by the labels that there were."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from service.engine.work.retraining.promotion import LONGEST_REASON, Verdict, merit, verdict

MET, POOR, UNKNOWN = "QUALITY_THRESHOLD_MET", "POOR_QUALITY_DETECTED", "CANNOT_DETERMINE_QUALITY"


def metrics(recall: float = 1.0, **more: float) -> str:
    told = {"recall": recall, "precision": 0.5, "mean_fractional_lead_time": 0.5, "auc": 0.5} | more
    return json.dumps({"model_version_metrics": told})


def decided(old: str | None, new: str, *, mode: str = "MANAGED", **more: Any) -> Verdict:
    """The verdict on a version of that quality, when one of the other quality is active as version 1."""
    prior = SimpleNamespace(version=1, model_quality=old)
    given = {"compared": 1, "metrics": metrics() if new != UNKNOWN else "{}", "prior_metrics": metrics()} | more
    return verdict(mode, prior, quality=new, **given)


@pytest.mark.parametrize("old", [MET, POOR, UNKNOWN])
@pytest.mark.parametrize("new", [MET, POOR, UNKNOWN])
def test_manual_never_promotes(old: str, new: str):
    assert not decided(old, new, mode="MANUAL").promoted


@pytest.mark.parametrize("quality", [MET, POOR])
@pytest.mark.parametrize(("recall", "promoted"), [(0.9, True), (0.8, False), (0.7, False)])
def test_with_labels_in_both_the_better_metrics_win_whatever_the_quality(quality: str, recall: float, promoted: bool):
    judged = decided(MET, quality, metrics=metrics(recall), prior_metrics=metrics(0.8))
    assert judged.promoted is promoted
    assert f"{(recall + 1.5) / 4:.3f}" in judged.reason
    assert f"{(0.8 + 1.5) / 4:.3f} in version 1" in judged.reason


def test_without_labels_in_the_new_data_the_old_one_stays():
    assert decided(MET, UNKNOWN).result == "MODEL_NOT_PROMOTED"


@pytest.mark.parametrize(("quality", "result"), [(MET, "MODEL_PROMOTED"), (POOR, "MODEL_NOT_PROMOTED")])
def test_with_labels_in_the_new_data_alone_quality_decides(quality: str, result: str):
    assert decided(UNKNOWN, quality).result == result


def test_without_any_labels_the_newer_data_win():
    assert decided(UNKNOWN, UNKNOWN).promoted
    assert decided(None, UNKNOWN).promoted


@pytest.mark.parametrize(("quality", "promoted"), [(MET, True), (POOR, False)])
def test_where_the_old_one_cannot_be_scored_any_more_quality_decides(quality: str, promoted: bool):
    assert decided(MET, quality, compared=None, prior_metrics=None).promoted is promoted


def test_where_nothing_is_active_anything_is_better():
    assert verdict("MANAGED", None, compared=None, metrics="{}", quality=POOR, prior_metrics=None).promoted


def test_who_activates_a_version_during_a_retraining_is_not_overruled():
    judged = decided(UNKNOWN, UNKNOWN, compared=7)
    assert (judged.result, judged.reason) == (
        "MODEL_NOT_PROMOTED",
        "Version 1 was activated while this one was trained.",
    )


def test_merit_leaves_out_what_could_not_be_told():
    told = json.loads(metrics(0.2))
    del told["model_version_metrics"]["auc"]
    assert merit(told) == pytest.approx((0.2 + 0.5 + 0.5) / 3)


def test_a_reason_keeps_within_the_bound_of_the_service():
    assert (
        len(Verdict("RETRAINING_CUSTOMER_ERROR", "x" * 5000).columns()["auto_promotion_result_reason"])
        == LONGEST_REASON
    )
