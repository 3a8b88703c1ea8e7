"""How far beyond held-back rows the threshold of a distance lies: as far as short and restless training asks for."""

import numpy as np
import pytest

from service.engine.detection.numbers import Numbers
from service.engine.detection.thresholds import learn_distance

ROWS, BLOCKS = 100, 5  # rows of a block
SHORT, LONG = np.full(BLOCKS, 100), np.full(BLOCKS, 100_000_000)


def held_back(complete: np.ndarray, wander: float, blocks: int = BLOCKS) -> Numbers:
    """What judging leaves of blocks with like rows, whose medians have so large a standard deviation."""
    number = np.repeat(np.arange(blocks), ROWS)
    noise = np.tile(np.random.default_rng(1).normal(0, 0.2, ROWS), blocks)
    away = wander * (number - 2) / np.sqrt(2)
    return {
        "rows_meant": np.array([0]),
        "history": np.arange(len(number)),
        "distances_0": np.exp(noise + away),
        "blocks": number,
        "complete": complete,
        "all_precision_0": np.eye(1),
    }


def farther_when_short(wander: float) -> float:
    short, long = (learn_distance(held_back(complete, wander), 0).threshold for complete in (SHORT, LONG))
    return short / long


def test_short_training_whose_blocks_agree_is_taken_at_its_word():
    assert farther_when_short(0.0) == pytest.approx(1.0, rel=1e-4)


def test_short_training_that_wandered_allows_three_times_as_far():
    assert farther_when_short(0.3) == pytest.approx(3.0, rel=1e-4)
    assert farther_when_short(0.6) == pytest.approx(3.0, rel=1e-4)


def test_half_the_wandering_allows_half_of_that():
    assert farther_when_short(0.15) == pytest.approx(2.0, rel=1e-4)


def test_one_block_alone_cannot_tell_that_training_did_not_wander():
    one, five = (learn_distance(held_back(SHORT, 0.0, blocks), 0).threshold for blocks in (1, BLOCKS))
    assert one / five == pytest.approx(3.0, rel=0.01)
