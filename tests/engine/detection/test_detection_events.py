from datetime import timedelta

import numpy as np
import pytest

from service.engine.detection import diagnostics, find_events


def test_consecutive_anomalous_rows_are_one_event(scores, minute):
    (first, second) = find_events(scores(".##.###."))
    assert (first.start, first.end, first.points) == (minute(1), minute(2), 2)
    assert (second.start, second.end, second.points) == (minute(4), minute(6), 3)


def test_an_event_carries_the_mean_contributions_of_its_rows(scores):
    these = scores("..###...")
    (event,) = find_events(these)
    assert np.allclose(event.contributions, these.contributions[2:5].mean(axis=0))
    assert event.contributions.sum() == pytest.approx(1.0)


def test_the_duration_is_end_less_start_so_a_single_row_lasts_no_time(scores):
    (event,) = find_events(scores("..#.."))
    assert event.duration == timedelta(0)


def test_events_at_both_edges_are_found(scores):
    assert [event.points for event in find_events(scores("##..#"))] == [2, 1]


def test_rows_without_an_anomaly_have_no_events(scores):
    assert find_events(scores("....")) == []


def test_no_rows_have_no_events(scores):
    assert find_events(scores("")) == []


def test_a_pause_between_rows_ends_an_event(scores):
    assert [event.points for event in find_events(scores("####", minutes=[0, 1, 7, 12]))] == [2, 2]


def test_diagnostics_name_every_sensor_in_order():
    assert diagnostics(("a\\x", "a\\y"), np.array([0.25, 0.75])) == [
        {"name": "a\\x", "value": 0.25},
        {"name": "a\\y", "value": 0.75},
    ]


def test_diagnostics_can_be_cut_to_the_largest_contributions():
    kept = diagnostics(("a", "b", "c"), np.array([0.3, 0.1, 0.6]), most=2)
    assert [entry["name"] for entry in kept] == ["a", "c"]
