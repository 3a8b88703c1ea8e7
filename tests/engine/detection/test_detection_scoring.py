import numpy as np
import pytest

from service.engine.detection import Readings, fit, score
from service.engine.detection import scoring as room


def faulty(machine, sensor: int, shift: float, rows: int = 60) -> Readings:
    readings = machine(rows, first=5000)
    readings.values[:, sensor] += shift
    return readings


def test_a_fault_inside_the_normal_range_of_its_sensor_is_found_and_blamed_on_it(model, machine):
    readings = faulty(machine, 0, 15.0)
    assert readings.values[:, 0].max() < machine(3000).values[:, 0].max() + 15.0
    scores = score(model, readings)
    assert scores.anomalous.mean() > 0.95
    assert scores.contributions.mean(axis=0).argmax() == 0


def test_a_slow_small_shift_is_found_by_the_longer_means(model, machine):
    scores = score(model, faulty(machine, 3, 4.5))
    assert scores.anomalous[20:].mean() > 0.9
    assert scores.anomalous[20:].mean() > scores.anomalous[:9].mean()


def test_a_stranger_row_never_scores_lower(model, machine):
    levels = [score(model, faulty(machine, 0, shift)).score[-1] for shift in (5.0, 10.0, 20.0, 40.0, 1e6)]
    assert levels == sorted(levels)
    assert levels[-1] < 1.0


def test_contributions_sum_to_one_and_none_is_negative(model, machine):
    contributions = score(model, faulty(machine, 2, 4.0)).contributions
    assert (contributions >= 0).all()
    assert np.allclose(contributions.sum(axis=1), 1.0)


def test_later_rows_do_not_change_the_score_of_a_row(model, machine):
    readings = machine(200, first=5000)
    upset = Readings(readings.times, readings.values.copy(), readings.sensors)
    upset.values[100:] *= 3.0
    assert np.allclose(score(model, readings).score[:100], score(model, upset).score[:100])


def test_a_window_with_its_context_scores_as_it_does_in_the_whole_series(model, machine):
    series = machine(300, first=5000)
    series.values[250, 1] = np.nan
    window = series.rows(slice(260, 265))
    whole = score(model, series)
    alone = score(model, window, context=series.rows(slice(260 - model.context_rows, 260)))
    assert np.allclose(alone.score, whole.score[260:265])
    assert np.allclose(alone.contributions, whole.contributions[260:265])


def test_a_model_without_long_views_asks_for_the_context_that_its_means_need(machine):
    batches, series = [machine(25, first=100 * number) for number in range(20)], machine(120, first=5000)
    times, values = (np.concatenate([getattr(each, name) for each in batches]) for name in ("times", "values"))
    short = fit(Readings(times, values, series.sensors))
    assert [view.lags for view in short.views] == [5, 10]
    whole = score(short, series)
    for start in range(40, 120, 5):
        alone = score(short, series.rows(slice(start, start + 5)), context=series.rows(slice(0, start)))
        assert np.allclose(alone.score, whole.score[start : start + 5])
        assert np.allclose(alone.contributions, whole.contributions[start : start + 5])


def test_context_beyond_what_is_used_changes_nothing(model, machine):
    series = machine(300, first=5000)
    window = series.rows(slice(290, 300))
    short = score(model, window, context=series.rows(slice(290 - model.context_rows, 290)))
    assert np.allclose(score(model, window, context=series.rows(slice(0, 290))).score, short.score)


def test_a_cold_start_raises_no_false_alarms(model, machine):
    windows = [score(model, machine(5, first=5000 + 37 * number)) for number in range(60)]
    assert np.concatenate([window.anomalous for window in windows]).mean() < 0.02


def test_a_single_row_without_context_is_judged_by_itself(model, machine):
    assert score(model, faulty(machine, 0, 60.0, rows=1)).anomalous.all()


def test_history_starts_anew_after_a_pause(model, machine):
    before, after = machine(40, first=5000), machine(5, first=6000)
    together = score(model, after, context=before)
    assert np.allclose(together.score, score(model, after).score)


def test_context_that_overlaps_the_window_is_refused(model, machine):
    with pytest.raises(ValueError, match="ascend"):
        score(model, machine(5, first=10), context=machine(20, first=0))


def test_a_missing_value_adds_next_to_nothing_and_hides_no_fault_in_the_others(model, machine):
    gone = machine(60, first=5000)
    gone.values[:, 1] = np.nan
    assert not score(model, gone).anomalous.any()
    gone.values[:, 0] += 25.0
    scores = score(model, gone)
    assert scores.anomalous.all()
    assert (scores.contributions[:, 1] < 0.05).all()


@pytest.mark.parametrize("nothing", [np.nan, np.inf, -np.inf])
def test_rows_without_any_usable_value_score_zero_with_even_contributions(model, machine, nothing):
    empty = machine(30, first=5000)
    empty.values[:] = nothing
    scores = score(model, empty)
    assert (scores.score == 0).all()
    assert np.allclose(scores.contributions, 0.2)


@pytest.mark.filterwarnings("error")
def test_no_reading_however_wild_gives_anything_but_numbers(model, machine):
    rng = np.random.default_rng(11)
    wild = machine(400, first=5000)
    spots = rng.random(wild.values.shape) < 0.3
    wild.values[spots] = rng.choice([np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 1e-300], size=spots.sum())
    scores = score(model, wild)
    assert np.isfinite(scores.contributions).all()
    assert ((scores.score >= 0) & (scores.score < 1)).all()


def test_no_rows_give_no_scores(model, machine):
    scores = score(model, machine(0))
    assert len(scores) == 0
    assert scores.contributions.shape == (0, 5)


def test_the_order_of_the_columns_does_not_matter(model, machine):
    readings = faulty(machine, 0, 15.0)
    turned = readings.of_sensors(readings.sensors[::-1])
    assert np.allclose(score(model, turned).contributions, score(model, readings).contributions)


def test_a_missing_sensor_is_named(model, machine):
    with pytest.raises(ValueError, match=r"pump\\flow"):
        score(model, machine(5).of_sensors(["pump\\pressure"]))


def test_a_long_series_scores_the_same_in_parts(model, machine, monkeypatch):
    series = machine(500, first=5000)
    series.values[::17, 2] = np.nan
    whole = score(model, series)
    monkeypatch.setattr(room, "ROWS_AT_ONCE", 64)
    parts = score(model, series)
    assert np.allclose(parts.score, whole.score)
    assert np.allclose(parts.contributions, whole.contributions)
