import json

import pytest

from service.engine.detection import Scores
from service.engine.detection.evaluation import evaluate as evaluate_judged
from service.engine.detection.evaluation import quality_of
from service.engine.detection.judged import judged


def evaluate(scores: Scores, *ranges) -> dict:
    return evaluate_judged(judged(scores), *ranges)


def test_metrics_have_the_shape_of_the_service(scores, minute):
    metrics = evaluate(scores("..##...#."), [(minute(1), minute(4))])
    assert metrics["labeled_ranges"] == [{"start": "2026-01-01T00:01:00.000000", "end": "2026-01-01T00:04:00.000000"}]
    assert metrics["labeled_event_metrics"] == {
        "num_labeled": 1,
        "num_identified": 1,
        "total_warning_time_in_seconds": 60,
    }
    assert metrics["unknown_event_metrics"] == {"num_identified": 1, "total_duration_in_seconds": 0}
    first, second = metrics["predicted_ranges"]
    assert (first["start"], first["end"]) == ("2026-01-01T00:02:00.000000", "2026-01-01T00:03:00.000000")
    assert [entry["name"] for entry in second["diagnostics"]] == ["a\\x", "a\\y"]


def test_old_clients_can_eval_the_metrics(scores, minute):
    text = json.dumps(evaluate(scores("##..#"), [(minute(0), minute(1))]))
    assert eval(text, {"__builtins__": {}}) == json.loads(text)


def test_without_labels_every_event_is_unknown(scores):
    metrics = evaluate(scores(".###.##"))
    assert metrics["labeled_event_metrics"]["num_labeled"] == 0
    assert metrics["unknown_event_metrics"] == {"num_identified": 2, "total_duration_in_seconds": 180}


def test_nothing_scored_gives_empty_metrics(scores, minute):
    metrics = evaluate(scores(""), [(minute(0), minute(9))])
    assert (metrics["labeled_ranges"], metrics["predicted_ranges"]) == ([], [])


@pytest.mark.parametrize(("start", "end", "counted"), [(-9, -1, 0), (-9, 0, 1), (4, 9, 1), (5, 9, 0)])
def test_only_labels_that_touch_the_scored_range_count(scores, minute, start, end, counted):
    metrics = evaluate(scores("....."), [(minute(start), minute(end))])
    assert metrics["labeled_event_metrics"]["num_labeled"] == counted


def test_a_label_that_no_event_touches_is_not_identified(scores, minute):
    metrics = evaluate(scores("##......"), [(minute(4), minute(6)), (minute(1), minute(2))])
    assert metrics["labeled_event_metrics"]["num_identified"] == 1
    assert [entry["start"][-12:-7] for entry in metrics["labeled_ranges"]] == ["01:00", "04:00"]


def test_warning_time_is_the_time_spent_in_events_inside_labels(scores, minute):
    metrics = evaluate(scores("#####..###"), [(minute(2), minute(8))])
    assert metrics["labeled_event_metrics"]["total_warning_time_in_seconds"] == 120 + 60


def test_many_sensors_cost_detail_before_they_cost_events(scores):
    sensors = tuple(f"component\\sensor-{number:03}" for number in range(122))
    metrics = evaluate(scores("#." * 100, sensors))
    assert len(metrics["predicted_ranges"]) == 100
    assert len(metrics["predicted_ranges"][0]["diagnostics"]) == 5
    assert len(json.dumps(metrics)) <= 50_000


def test_the_longest_events_are_kept_in_order_when_there_are_too_many(scores):
    metrics = evaluate(scores("#." * 1000 + "###." + "#." * 10))
    assert metrics["unknown_event_metrics"]["num_identified"] == 1011
    starts = [entry["start"] for entry in metrics["predicted_ranges"]]
    assert starts == sorted(starts)
    assert any(entry["start"] != entry["end"] for entry in metrics["predicted_ranges"])
    assert 45_000 < len(json.dumps(metrics)) <= 50_000


def test_thousands_of_labels_stay_within_the_bound(scores, minute):
    metrics = evaluate(scores("#." * 1000), [(minute(number), minute(number)) for number in range(1900)])
    assert metrics["labeled_event_metrics"]["num_labeled"] == 1900
    assert metrics["labeled_event_metrics"]["num_identified"] == 950
    assert len(metrics["labeled_ranges"]) == 200
    assert len(json.dumps(metrics)) <= 50_000


def test_labelled_models_are_told_recall_precision_lead_time_and_auc(scores, minute):
    """Two labels of ten minutes: one found after three of them, one not at all; one event lies outside."""
    found = evaluate(scores("." * 13 + "#" * 7 + "." * 20 + "#" * 2 + "." * 30), [
        (minute(10), minute(20)),
        (minute(50), minute(60)),
    ])  # fmt: skip
    told = found["model_version_metrics"]
    assert (told["recall"], told["precision"]) == (0.5, 0.5)
    assert told["mean_fractional_lead_time"] == pytest.approx(0.7 / 2)
    assert told["auc"] == pytest.approx((7 * (48 + 2 / 2) + 15 * (48 / 2)) / (22 * 50))


def test_a_perfect_model_has_one_in_everything(scores, minute):
    told = evaluate(scores("...####..."), [(minute(3), minute(6))])["model_version_metrics"]
    assert told == {"recall": 1.0, "precision": 1.0, "mean_fractional_lead_time": 1.0, "auc": 1.0}


def test_finding_one_more_label_late_never_looks_worse(scores, minute):
    labels = [(minute(10), minute(20)), (minute(40), minute(50)), (minute(70), minute(80))]
    one, two = (
        evaluate(scores("." * 10 + "#" * 11 + "." * 28 + late + "." * 40), labels)["model_version_metrics"]
        for late in ("..", ".#")
    )
    assert two["recall"] > one["recall"]
    assert two["mean_fractional_lead_time"] >= one["mean_fractional_lead_time"]


def test_without_labels_in_the_range_these_are_left_out(scores, minute):
    assert "model_version_metrics" not in evaluate(scores("..##.."))
    assert "model_version_metrics" not in evaluate(scores("..##.."), [(minute(100), minute(110))])


def test_where_every_row_is_labelled_there_is_no_auc(scores, minute):
    told = evaluate(scores("#####"), [(minute(0), minute(9))])["model_version_metrics"]
    assert told == {"recall": 1.0, "precision": 1.0, "mean_fractional_lead_time": 1.0}


def test_an_event_that_nobody_can_judge_is_neither_right_nor_wrong(scores, minute):
    labels, unjudged = [(minute(1), minute(2))], [(minute(6), minute(8))]
    metrics = evaluate(scores(".##...##.."), labels, unjudged)
    assert metrics["model_version_metrics"]["precision"] == 1.0
    assert metrics["model_version_metrics"]["auc"] == 1.0
    assert metrics["unknown_event_metrics"]["num_identified"] == 0
    assert len(metrics["predicted_ranges"]) == 2


@pytest.mark.parametrize(
    ("pattern", "quality"),
    [
        (".##.......##...", "QUALITY_THRESHOLD_MET"),
        (".##............", "QUALITY_THRESHOLD_MET"),
        ("...............", "POOR_QUALITY_DETECTED"),
        ("#...############", "POOR_QUALITY_DETECTED"),  # an alarm nearly all the time finds labels by chance
    ],
)
def test_quality_is_half_of_the_labels_found_by_scores_better_than_chance(scores, minute, pattern, quality):
    labels = [(minute(1), minute(2)), (minute(10), minute(11))]
    assert quality_of(evaluate(scores(pattern), labels)) == quality


def test_without_labels_quality_cannot_be_told(scores):
    assert quality_of(evaluate(scores("..##.."))) == "CANNOT_DETERMINE_QUALITY"
