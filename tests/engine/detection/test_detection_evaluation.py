import json

import pytest

from service.engine.detection import evaluate


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
