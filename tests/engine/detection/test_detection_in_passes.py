import numpy as np
import pytest

from service.engine.detection import LEAD_ROWS, Chunk, FittedModel, Readings, finish, fit, passes, score, survey
from service.engine.detection.lagged import lagged_moments
from service.engine.detection.readings import rows_before


def learnt_in_chunks(readings: Readings, size: int) -> FittedModel:
    starts = range(0, len(readings), size)
    leads = [min(start, LEAD_ROWS) for start in starts]
    chunks = [
        Chunk(readings.rows(slice(start - lead, start + size)), lead, start)
        for start, lead in zip(starts, leads, strict=True)
    ]
    state = {}
    for step in passes():
        state = step.join(state, [step.look(state, chunk) for chunk in chunks])
    return finish(state)


def assert_same_scores(one: FittedModel, other: FittedModel, readings: Readings) -> None:
    first, second = score(one, readings), score(other, readings)
    assert np.allclose(first.score, second.score, rtol=1e-4)
    assert np.allclose(first.contributions, second.contributions, atol=1e-4)


@pytest.mark.parametrize("size", [77, 400, 2999])
def test_the_same_rows_in_other_chunks_give_the_same_model(machine, model, size):
    assert_same_scores(learnt_in_chunks(machine(3000), size), model, machine(200, first=5000))


def test_chunks_do_not_matter_where_rows_are_missing_and_pauses_lie_between(machine):
    readings = machine(3000).rows(np.r_[0:900, 960:2000, 2001:3000])
    readings.values[100:140, 1] = np.nan
    assert_same_scores(learnt_in_chunks(readings, 250), fit(readings), machine(200, first=5000))


def test_a_sample_of_long_training_data_does_not_depend_on_the_chunks(machine, monkeypatch):
    monkeypatch.setattr(survey, "SAMPLED_ROWS", 300)
    readings = machine(3000)
    assert_same_scores(learnt_in_chunks(readings, 250), fit(readings), machine(200, first=5000))


@pytest.mark.parametrize("size", [50, 77, 400])
def test_whether_a_sensor_only_counts_does_not_depend_on_the_chunks(machine, size):
    readings = machine(1000)
    readings.values[:, 4] = np.arange(1000) // 50  # rises 19 times, one too few, some of them where chunks meet
    assert 4 in learnt_in_chunks(readings, size).scaling.columns
    readings.values[975:, 4] += 1
    assert 4 not in learnt_in_chunks(readings, size).scaling.columns


def test_products_of_lags_give_the_covariance_of_the_rows_side_by_side(machine):
    rows = machine(4000).values[:, :4]
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    history = rows_before(machine(4000).times, np.timedelta64(5, "m"))
    moments = lagged_moments(rows, history, 0, 2500, 4) + lagged_moments(rows, history, 2500, 4000, 4)
    side_by_side = np.hstack([rows[3 - lag : 4000 - lag] for lag in range(4)])
    assert np.allclose(moments.embedded(4), np.cov(side_by_side, rowvar=False), atol=0.01)
    means = side_by_side.reshape(-1, 2, 2, 4).mean(axis=2).reshape(-1, 8)
    assert np.allclose(moments.covariance(2), np.cov(means, rowvar=False), atol=0.01)
