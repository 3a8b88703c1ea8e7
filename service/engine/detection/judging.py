"""The third pass: how far from normal rows are, each judged by what all blocks but its own say is normal."""

from collections.abc import Iterator, Sequence

import numpy as np

from service.engine.detection.candidate import Candidate
from service.engine.detection.chunks import Chunk
from service.engine.detection.complete_rows import CompleteRows, complete_rows
from service.engine.detection.distances import squared_distances
from service.engine.detection.gathering import block_of
from service.engine.detection.numbers import Numbers
from service.engine.detection.residuals import left_over

JUDGED_ROWS = 32_768  # of longer training data only some stretches are judged
STRETCH = 256  # rows that follow each other and are judged together


def look(state: Numbers, chunk: Chunk) -> Numbers:
    """Distances of the rows judged here [n], and what each view leaves over of each sensor [n, m]."""
    rows = complete_rows(state, chunk)
    lags, blocks = state["lags"].tolist(), block_of(rows, int(state["rows"]))
    parts = [_judged(state, rows, run, int(blocks[run[0]]), lags) for run in _runs(state, rows, blocks)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}


def join(state: Numbers, parts: Sequence[Numbers]) -> Numbers:
    """All distances together, in the order of time."""
    seen = [part for part in parts if part]
    return state | {name: np.concatenate([part[name] for part in seen]) for name in seen[0]}


def _runs(state: Numbers, rows: CompleteRows, blocks: np.ndarray) -> Iterator[np.ndarray]:
    """Rows to judge that follow each other in one block."""
    stretches = -(-int(state["rows"]) // STRETCH)
    stride = -(-stretches // (JUDGED_ROWS // STRETCH))
    chosen = np.flatnonzero(rows.positions // STRETCH % stride == 0)
    chosen = chosen[chosen >= rows.first]
    if len(chosen):
        breaks = (np.diff(chosen) > 1) | (np.diff(blocks[chosen]) > 0)
        yield from np.split(chosen, np.flatnonzero(breaks) + 1)


def _judged(state: Numbers, rows: CompleteRows, run: np.ndarray, block: int, lags: list[int]) -> Numbers:
    normal = Candidate.of(state, f"without_{block}", lags)
    meant = state["rows_meant"].tolist()
    begin = max(int(run[0]) - max(lags + [2 * count for count in meant]) + 1, 0)
    deviations = rows.scaled[begin : run[-1] + 1] - normal.mean
    history = rows.history[begin : run[-1] + 1]
    far = [
        squared_distances(each, deviations, history, count)[run[0] - begin :]
        for each, count in zip(normal.precisions, meant, strict=True)
    ]
    left = [left_over(view, deviations, int(run[0]) - begin) for view in normal.directions]
    return {
        "judged": rows.positions[run],
        "history": rows.history[run],
        "blocks": np.full(len(run), block),
        **{f"distances_{count}": each for count, each in zip(meant, far, strict=True)},
        **{f"left_{each}": over.astype(np.float32) for each, over in zip(lags, left, strict=True)},
    }
