"""The second pass: how the sensors move together over time, in each of five stretches of the training data."""

from collections.abc import Sequence

import numpy as np

from service.engine.detection.candidate import solve
from service.engine.detection.chunks import Chunk
from service.engine.detection.complete_rows import CompleteRows, complete_rows
from service.engine.detection.lagged import LaggedMoments, held_back_in_turn, lagged_moments, merged
from service.engine.detection.numbers import Numbers
from service.engine.detection.problems import TrainingError, require_rows
from service.engine.detection.shrinkage import best_amount

MEANS = (0, 1, 10)  # rows in the means whose distance is measured; 0, the row alone, must be the first
LAGS = (5, 10, 30)  # rows of each view, the row itself included
BLOCKS = 5  # contiguous stretches of time that are held back in turn
FEWEST_ROWS = 50  # a view with fewer rows that reach so far back is left out
TAME = 6.0  # spreads; further out a reading counts as this far when normal is learnt


def look(state: Numbers, chunk: Chunk) -> Numbers:
    """The moments of this chunk's rows, those of each block apart."""
    rows = complete_rows(state, chunk)
    blocks = block_of(rows, int(state["rows"]))
    tamed = np.clip(rows.scaled, -TAME, TAME)
    edges = np.searchsorted(blocks, np.arange(BLOCKS + 1))
    edges[0] = rows.first
    ends = zip(np.maximum(edges[:-1], rows.first), np.maximum(edges[1:], rows.first), strict=True)
    moments = [lagged_moments(tamed, rows.history, start, stop, max(LAGS)) for start, stop in ends]
    return {name: np.stack([getattr(each, name) for each in moments]) for name in ("counts", "sums", "products")}


def join(state: Numbers, parts: Sequence[Numbers]) -> Numbers:
    """What is normal by all blocks, and by all but one in turn.

    Raises:
        TrainingError: too few rows have a value for every sensor, or hardly two follow each other.
    """
    counts, sums, products = (sum(part[name] for part in parts) for name in ("counts", "sums", "products"))
    blocks = [LaggedMoments(*each) for each in zip(counts, sums, products, strict=True) if each[0][0]]
    require_rows(int(counts[:, 0].sum()), "with a value for every sensor")
    pairs = np.min([merged(rest).counts for rest in held_back_in_turn(blocks)], axis=0)
    if pairs[1] < FEWEST_ROWS:
        raise TrainingError("The training data is all pauses: no two rows follow each other within five periods.")
    lags = [each for each in LAGS if pairs[each - 1] >= FEWEST_ROWS]
    amounts = {rows: best_amount(blocks, rows) for rows in MEANS if pairs[max(2 * rows - 1, 0)] >= FEWEST_ROWS}
    learnt = {
        "lags": np.array(lags, dtype=int),
        "rows_meant": np.array(list(amounts)),
        "complete": counts[:, 0],
        **solve(blocks, amounts, lags).numbers("all"),
    }
    for number, rest in zip(np.flatnonzero(counts[:, 0]), held_back_in_turn(blocks), strict=True):
        learnt |= solve(rest, amounts, lags).numbers(f"without_{number}")
    return state | learnt


def block_of(rows: CompleteRows, total: int) -> np.ndarray:
    """In which of the blocks each row lies, ascending; shape [n]."""
    return rows.positions * BLOCKS // total
