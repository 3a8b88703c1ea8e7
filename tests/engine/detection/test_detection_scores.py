import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from service.engine.detection import rounded_shares
from service.engine.detection.scores import shares, squashed

AMOUNTS = arrays.arrays(
    float,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=40),
    elements=some.floats(0, 1e12, allow_subnormal=False),
)


def test_the_threshold_itself_scores_one_half_and_is_not_anomalous():
    assert squashed(np.array([0.0, 1.0, 9.0])).tolist() == [0.0, 0.5, 0.9]


def test_a_score_stays_below_one_and_is_a_number():
    assert (squashed(np.array([1e300, np.inf])) < 1.0).all()


@settings(deadline=None)
@given(AMOUNTS)
def test_rounded_shares_sum_to_one_exactly_and_are_never_negative(amounts):
    rounded = rounded_shares(shares(amounts))
    units = np.rint(rounded * 100_000)
    assert (units.sum(axis=1) == 100_000).all()
    assert (rounded >= 0).all()
    assert np.array_equal(rounded, np.round(rounded, 5))


@settings(deadline=None)
@given(AMOUNTS)
def test_rounding_moves_no_share_by_more_than_one_step(amounts):
    exact = shares(amounts)
    assert (np.abs(rounded_shares(exact) - exact) <= 1.000001e-5).all()


def test_zero_stays_zero_when_rounded():
    assert rounded_shares(np.array([[1 / 3, 0.0, 2 / 3]]))[0, 1] == 0.0
