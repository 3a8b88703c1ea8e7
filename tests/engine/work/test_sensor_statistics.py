"""Statistics of sensors: the rules of each check, and that pieces make no difference. Without S3 and database."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.engine.work.ingestion.quality.accounts import ComponentAccount
from service.engine.work.ingestion.quality.histograms import BINS, Histogram

ROWS = 2000
NUMBERS = np.arange(ROWS)
NOISE = np.random.default_rng(7).normal(size=ROWS)
MINUTE, DAY = np.timedelta64(60, "s"), np.timedelta64(1, "D")
TIMES = np.datetime64("2026-02-01", "ns") + NUMBERS * MINUTE
HALVES = np.where(NUMBERS % 1000 < 500, 0.0, 6.0)

MEASURED = {
    "noise": NOISE,
    "a swing": np.sin(NUMBERS / 100),
    "steps of one": np.round(4 * NOISE),
    "a wild value": np.concatenate([[1e6], NOISE[1:]]),
    "what lies close to zero": np.random.default_rng(8).exponential(size=ROWS),
    "evenly spread": np.random.default_rng(9).random(ROWS),
}


def statistics(values: Any, times: np.ndarray | None = None) -> dict[str, Any]:
    """What is shown of one sensor with these values, NaN for none."""
    values = np.asarray(values, dtype=float)
    account = ComponentAccount("pump", ("a",))
    times = TIMES[: len(values)] if times is None else times
    account.count_cells(times, values[:, None], np.zeros(1, dtype=int))
    account.follow(times, values[:, None])
    return account.statistics()[0].shown()


def issues(values: Any, times: np.ndarray | None = None) -> dict[str, Any]:
    """The checks that found something, with their details."""
    found = {name: value for name, value in statistics(values, times).items() if isinstance(value, dict)}
    return {
        name: {key: detail for key, detail in value.items() if key != "Status"}
        for name, value in found.items()
        if value.get("Status") == "POTENTIAL_ISSUE_DETECTED"
    }


@pytest.mark.parametrize("name", MEASURED)
def test_a_sensor_that_measures_has_no_issue(name: str):
    assert issues(MEASURED[name]) == {}


@pytest.mark.parametrize(("states", "number"), [([0, 1], 2), (range(10), 10)])
def test_up_to_ten_different_values_are_categories(states, number: int):
    values = np.resize(np.array(states, dtype=float), ROWS)
    assert issues(values)["CategoricalValues"] == {"NumberOfCategory": number}


def test_eleven_different_values_are_no_categories():
    assert "CategoricalValues" not in issues(np.resize(np.arange(11.0), ROWS))


def test_categories_that_show_up_late_count():
    late = np.where(NUMBERS < ROWS - 3, 0.0, NUMBERS)
    assert issues(late)["CategoricalValues"] == {"NumberOfCategory": 4}


@pytest.mark.parametrize("share", [500, 80])
def test_two_heaps_of_values_far_apart_are_modes(share: int):
    assert "MultipleOperatingModes" in issues(np.where(np.less(NUMBERS % 1000, share), 0.0, 6.0) + NOISE)


def test_heaps_that_run_into_each_other_are_one_mode():
    assert issues(HALVES / 2 + NOISE) == {}


def test_a_few_strange_values_make_no_mode():
    assert issues(np.where(NUMBERS % 100 < 2, 20.0, 0.0) + NOISE) == {}


@pytest.mark.parametrize(
    ("values", "way"),
    [
        (NUMBERS, "INCREASING"),
        (NUMBERS // 3, "INCREASING"),  # many steps without a change
        (np.where(NUMBERS < 1000, NUMBERS, NUMBERS - 1000), "INCREASING"),  # a counter that was reset once
        (-NUMBERS + 0.1 * NOISE, "DECREASING"),
        (np.full(ROWS, 7.0), "STATIC"),
        (np.where(NUMBERS % 200 == 0, 8.0, 7.0), "STATIC"),
    ],
)
def test_values_that_only_go_one_way_or_stand_still_are_monotonic(values: np.ndarray, way: str):
    assert issues(values)["MonotonicValues"] == {"Monotonicity": way}


def test_a_trend_in_noise_is_not_monotonic():
    assert "MonotonicValues" not in issues(NUMBERS / 100 + NOISE)


def test_one_value_throughout_stands_still_and_is_no_category():
    assert issues(np.full(ROWS, 7.0)) == {"MonotonicValues": {"Monotonicity": "STATIC"}}


def test_gaps_of_a_day_are_counted_and_the_largest_told_in_whole_days():
    times = TIMES + np.where(NUMBERS >= 500, DAY, 0 * DAY) + np.where(NUMBERS >= 900, 3 * DAY + 700 * MINUTE, 0 * DAY)
    assert issues(NOISE, times) == {"LargeTimestampGaps": {"NumberOfLargeTimestampGaps": 2, "MaxTimestampGapInDays": 3}}


def test_less_than_a_day_is_no_large_gap():
    times = TIMES + np.where(NUMBERS >= 500, DAY - 2 * MINUTE, 0 * DAY)
    assert issues(NOISE, times) == {}


def test_a_gap_is_between_values_of_the_sensor_not_between_rows():
    values = np.where((NUMBERS > 10) & (NUMBERS < 10 + 1440), np.nan, NOISE)
    assert issues(values)["LargeTimestampGaps"] == {"NumberOfLargeTimestampGaps": 1, "MaxTimestampGapInDays": 1}


@pytest.mark.parametrize("values", [np.zeros(299), np.arange(299.0), np.resize([0.0, 1.0], 299)])
def test_few_values_are_not_judged(values: np.ndarray):
    assert issues(values) == {}


def test_cells_and_rows_are_counted_with_their_share_of_all_rows():
    times = TIMES[:8].copy()
    times[0] = np.datetime64("NaT")
    values = np.array([[1, 1], [np.nan, 2], [np.nan, 3], [4, 4], [5, 5], [6, 6], [7, 7], [8, 8]], dtype=float)
    account = ComponentAccount("pump", ("a", "b"))
    account.count_cells(times[:4], values[:4], np.array([1, 0]))
    account.count_cells(times[4:], values[4:], np.array([0, 0]))
    account.duplicates += 2
    shown = account.statistics()[0].shown()
    assert shown["MissingValues"] == shown["InvalidValues"] == {"Count": 1, "Percentage": 12.5}
    assert shown["InvalidDateEntries"] == {"Count": 1, "Percentage": 12.5}
    assert shown["DuplicateTimestamps"] == {"Count": 2, "Percentage": 25.0}
    other = account.statistics()[1].shown()
    assert other["MissingValues"] == other["InvalidValues"] == {"Count": 0, "Percentage": 0.0}


def test_a_sensor_without_values_has_no_times_and_no_issues_but_that():
    account = ComponentAccount("pump", ("a",))
    account.count_cells(TIMES, np.full((ROWS, 1), np.nan), np.zeros(1, dtype=int))
    account.follow(TIMES, np.full((ROWS, 1), np.nan))
    (found,) = account.statistics()
    assert (found.start, found.end, found.is_short) == (None, None, False)
    assert found.shown()["DataExists"] is False
    assert found.shown()["MissingValues"] == {"Count": ROWS, "Percentage": 100.0}
    assert issues(np.full(ROWS, np.nan)) == {}


def test_an_account_of_no_rows_divides_by_nothing():
    assert ComponentAccount("pump", ("a",)).statistics()[0].shown()["MissingValues"] == {"Count": 0, "Percentage": 0.0}


@pytest.mark.parametrize("size", [1, 7, 999])
def test_pieces_make_no_difference(size: int):
    values = np.column_stack([NOISE, HALVES, np.where(NUMBERS % 7, NOISE, np.nan), NUMBERS])
    names = ("noise", "states", "holes", "counter")
    whole, pieces = ComponentAccount("pump", names), ComponentAccount("pump", names)
    whole.follow(TIMES, values)
    for start in range(0, ROWS, size):
        pieces.follow(TIMES[start : start + size], values[start : start + size])
    for one, other in zip(whole.statistics(), pieces.statistics(), strict=True):
        assert (one.shown(), one.start, one.end) == (other.shown(), other.start, other.end)


@given(
    arrays(np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False, allow_infinity=False)),
    st.randoms(use_true_random=False),
    st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_a_histogram_is_the_same_in_any_order_and_in_any_pieces(values: np.ndarray, chance, cut: int):
    whole, pieces = Histogram(), Histogram()
    whole.add(values)
    shuffled = np.array(chance.sample(list(values), len(values)))
    for piece in (shuffled[:cut], shuffled[cut:]):
        if len(piece):
            pieces.add(piece)
    assert whole.counts.sum() == len(values)
    assert len(whole.counts) <= BINS
    assert (whole.exponent, whole.first, whole.counts.tolist()) == (
        pieces.exponent,
        pieces.first,
        pieces.counts.tolist(),
    )
