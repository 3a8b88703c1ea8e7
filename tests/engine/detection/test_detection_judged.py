"""A range that is judged in pieces gives what it gives at once."""

import numpy as np
import pytest

from service.engine.detection import Scores, find_events
from service.engine.detection.judged import NOTHING, joined, judged

SENSORS = ("pump\\pressure", "pump\\flow")
ROWS = 200


@pytest.fixture
def scores() -> Scores:
    """Random runs of anomalous rows, with two pauses."""
    rng = np.random.default_rng(7)
    minutes = np.arange(ROWS) + 100 * (np.arange(ROWS) >= 60) + 100 * (np.arange(ROWS) >= 150)
    score = np.repeat(rng.choice([0.2, 0.8], ROWS // 4), 4)
    shares = rng.dirichlet([1, 1], ROWS)
    times = np.datetime64("2026-02-01", "ns") + minutes * np.timedelta64(60, "s")
    return Scores(times, SENSORS, score, shares, np.timedelta64(300, "s"))


def cut(scores: Scores, borders: list[int]) -> list[Scores]:
    ends = zip([0, *borders], [*borders, ROWS], strict=True)
    return [
        Scores(scores.times[a:b], SENSORS, scores.score[a:b], scores.contributions[a:b], scores.longest_pause)
        for a, b in ends
    ]


@pytest.mark.parametrize("borders", [[], [100], [60], [1, 2, 3, 150], [50, 50, 120], list(range(1, ROWS))])
def test_events_over_the_borders_of_pieces_are_merged(scores, borders):
    found = joined([judged(piece) for piece in cut(scores, borders)])
    assert (found.times == scores.times).all()
    assert (found.score == scores.score).all()
    whole = find_events(scores)
    assert [(event.start, event.end, event.points) for event in found.events] == [
        (event.start, event.end, event.points) for event in whole
    ]
    for event, other in zip(found.events, whole, strict=True):
        assert event.contributions == pytest.approx(other.contributions)


def test_nothing_joined_is_nothing():
    assert joined([]) is NOTHING
    assert len(NOTHING) == 0
