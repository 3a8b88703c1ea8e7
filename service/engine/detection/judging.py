"""The third pass: how far from normal rows are, each judged by what all blocks but its own say is normal.

Rows that are labelled as anomalies lie in no block, so they are judged by what all of them say.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from service.engine.detection.candidate import Candidate
from service.engine.detection.chunks import Chunk
from service.engine.detection.complete_rows import CompleteRows, complete_rows
from service.engine.detection.distances import squared_distances
from service.engine.detection.gathering import block_of
from service.engine.detection.numbers import Numbers
from service.engine.detection.residuals import left_over
from service.engine.detection.survey import LONGEST_PAUSE

JUDGED_ROWS = 32_768  # of longer training data only some stretches are judged
STRETCH = 256  # rows that follow each other and are judged together
LABELLED = "labelled_"  # how the numbers of labelled rows are called in the state


def look(state: Numbers, chunk: Chunk) -> Numbers:
    """Distances of the rows judged here [n], and what each view leaves over of each sensor [n, m]."""
    rows = complete_rows(state, chunk)
    blocks = block_of(rows, int(state["rows"]))
    parts = [_held_back(state, rows, run, int(blocks[run[0]])) for run in _runs(state, rows, blocks)]
    labelled = _labelled(state, chunk) if chunk.labelled else {}
    return _together(parts) | {LABELLED + name: each for name, each in labelled.items()}


def join(state: Numbers, parts: Sequence[Numbers]) -> Numbers:
    """All distances together, in the order of time."""
    return state | _together(list(parts))


def _together(parts: list[Numbers]) -> Numbers:
    names = {name: None for part in parts for name in part}  # in their order
    return {name: np.concatenate([part[name] for part in parts if name in part]) for name in names}


def _runs(state: Numbers, rows: CompleteRows, blocks: np.ndarray) -> Iterator[np.ndarray]:
    """Rows to judge that follow each other in one block."""
    stretches = -(-int(state["rows"]) // STRETCH)
    stride = -(-stretches // (JUDGED_ROWS // STRETCH))
    chosen = np.flatnonzero(rows.positions // STRETCH % stride == 0)
    chosen = chosen[chosen >= rows.first]
    if len(chosen):
        breaks = (np.diff(chosen) > 1) | (np.diff(blocks[chosen]) > 0)
        yield from np.split(chosen, np.flatnonzero(breaks) + 1)


def _held_back(state: Numbers, rows: CompleteRows, run: np.ndarray, block: int) -> Numbers:
    normal = Candidate.of(state, f"without_{block}", state["lags"].tolist())
    return _judged(state, rows, run, normal) | {"judged": rows.positions[run], "blocks": np.full(len(run), block)}


def _labelled(state: Numbers, chunk: Chunk) -> Numbers:
    """The same of the labelled rows, or of some stretches of them if they are many."""
    known = chunk.labelled
    rows = complete_rows(state, Chunk(known.readings, 0, 0))
    span = STRETCH * int(state["pause"].astype(np.int64)) // LONGEST_PAUSE
    stretches = known.readings.times[rows.positions].astype(np.int64) // span
    stride = -(-int(state["labelled"]) // JUDGED_ROWS)
    chosen = np.flatnonzero(known.chosen[rows.positions] & (stretches % stride == 0))
    normal = Candidate.of(state, "all", state["lags"].tolist())
    runs = np.split(chosen, np.flatnonzero(np.diff(chosen) > 1) + 1) if len(chosen) else []
    return _together([_judged(state, rows, run, normal) for run in runs])


def _judged(state: Numbers, rows: CompleteRows, run: np.ndarray, normal: Candidate) -> Numbers:
    lags, meant = state["lags"].tolist(), state["rows_meant"].tolist()
    begin = max(int(run[0]) - max(lags + [2 * count for count in meant]) + 1, 0)
    deviations = rows.scaled[begin : run[-1] + 1] - normal.mean
    history = rows.history[begin : run[-1] + 1]
    far = [
        squared_distances(each, deviations, history, count)[run[0] - begin :]
        for each, count in zip(normal.precisions, meant, strict=True)
    ]
    left = [left_over(view, deviations, int(run[0]) - begin) for view in normal.directions]
    return {
        "history": rows.history[run],
        **{f"distances_{count}": each for count, each in zip(meant, far, strict=True)},
        **{f"left_{each}": over.astype(np.float32) for each, over in zip(lags, left, strict=True)},
    }
