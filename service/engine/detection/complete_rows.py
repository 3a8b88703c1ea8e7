"""The rows of a chunk that can be learnt from: those with a value for every sensor that moves."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.chunks import Chunk
from service.engine.detection.numbers import Numbers
from service.engine.detection.readings import rows_before
from service.engine.detection.scaling import Scaling


@dataclass(frozen=True, eq=False)
class CompleteRows:
    """scaled [n, m]; positions [n] among all rows to learn from; history [n]: rows before each without a pause.

    Rows before `first` belong to the chunk before.
    """

    scaled: np.ndarray
    positions: np.ndarray
    history: np.ndarray
    first: int


def complete_rows(state: Numbers, chunk: Chunk) -> CompleteRows:
    """Scale a chunk by what the survey learnt, and keep its complete rows."""
    scaled = Scaling.of(state).apply(chunk.readings.values)
    complete = np.isfinite(scaled).all(axis=1)
    positions = chunk.position - chunk.lead + np.flatnonzero(complete)
    history = rows_before(chunk.readings.times[complete], state["pause"])
    return CompleteRows(scaled[complete], positions, history, int(complete[: chunk.lead].sum()))
