"""How pages say times, shares and durations, and the small lines of scores."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.facade.domain.fleet import Peak
from service.facade.portal.sparkline import sparkline
from service.facade.portal.words import duration, moment, percentage, score, since

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("span", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (6480, "1 h 48 min"), (86400, "1 d"),
     (90000, "1 d 1 h"), (86460, "1 d"), (-5, "0 s")],
)  # fmt: skip
def test_durations_are_said_in_at_most_two_units(span, said):
    assert duration(timedelta(seconds=span)) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "–"),
        (0.0, "0.0 %"),
        (0.0004, "<0.1 %"),
        (0.001, "0.1 %"),
        (0.0949, "9.5 %"),
        (0.125, "12 %"),
        (1, "100 %"),
    ],
)
def test_a_share_that_is_not_nothing_is_not_shown_as_nothing(share, said):
    assert percentage(share) == said


@pytest.mark.parametrize(
    ("ago", "said"), [(90, "1 min ago"), (-90, "in 1 min"), (7300, "2 h ago"), (0, "0 s ago"), (200_000, "2 d ago")]
)
def test_a_distance_is_said_in_one_unit_and_holds_the_moment(ago, said):
    at = NOW - timedelta(seconds=ago)
    text = since(at, NOW)
    assert f">{said}<" in text
    assert f'datetime="{at:%Y-%m-%dT%H:%M:%SZ}"' in text


def test_moments_are_short_where_they_are_near_and_always_in_utc():
    elsewhere = NOW.astimezone(tz=None) - timedelta(hours=1)
    assert ">11:00<" in moment(elsewhere, NOW)
    assert ">22 Feb, 12:00<" in moment(NOW - timedelta(days=7), NOW)
    assert ">2025-03-01 12:00<" in moment(NOW - timedelta(days=365), NOW)
    assert (moment(None), since(None, NOW), score(None)) == ("–", "–", "–")


def line_of(peaks: list[Peak]) -> str:
    return re.search(r'class="line" d="([^"]*)"', sparkline(peaks, NOW))[1]


def test_a_line_ends_now_and_is_higher_where_scores_are():
    assert line_of([Peak(NOW - timedelta(days=1), 0.0, False), Peak(NOW, 1.0, True)]) == "M0.0 22.0M120.0 2.0"


def test_a_pause_is_a_gap_but_an_hourly_scheduler_has_a_whole_line():
    hourly = [Peak(NOW - timedelta(hours=hour), 0.2, False) for hour in (5, 4, 1, 0)]
    assert [letter for letter in line_of(hourly) if letter.isalpha()] == ["M", "L", "M", "L"]


def test_neighbouring_anomalies_are_one_mark_and_the_words_count_them():
    peaks = [Peak(NOW - number * QUARTER, 0.9, number not in (3,)) for number in range(6, -1, -1)]
    svg = sparkline(peaks, NOW)
    assert svg.count("<rect") == 2
    assert "anomalous in 6 of 7 quarters of an hour" in svg


def test_scores_that_a_model_does_not_give_are_left_out():
    svg = sparkline([Peak(NOW - QUARTER, None, True), Peak(NOW, None, False)], NOW)
    assert 'class="line" d=""' in svg
    assert "highest" not in svg
    assert "No scores" in sparkline([], NOW)
