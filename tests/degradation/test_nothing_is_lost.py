"""Neighbours and workers are taken away while work is in flight; `benchmarks/chaos.py` does so with all of them, for
many rounds."""

from random import Random

import pytest
from promises import promised
from support.chaos.rounds import play

ROUNDS = {
    1: ("kill database", "kill engine-worker", "kill facade-worker"),
}


@promised("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8")
@pytest.mark.parametrize("number", ROUNDS)
def test_what_was_acknowledged_is_there_once_after_everything_is_back(stack, field, number):
    outcome = play(field, number, ROUNDS[number], Random(number))

    assert outcome.violations == []
    assert set(outcome.acknowledged) == {"operations", "uploads", "replays"}
