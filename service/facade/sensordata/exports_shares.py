"""Which contributions of a batch of predictions an answer shows."""

from collections.abc import Sequence

import numpy as np

from service.facade.domain.predictions import PredictionBatch


def shown_shares(batch: PredictionBatch, sensors: Sequence[str], most: int | None) -> np.ndarray:
    """A float32 column for each of `sensors` and a row for each prediction, [rows, sensors]; NaN where there is no
    contribution, or where it is not among the `most` largest of its row (None: all are shown)."""
    shares = np.frombuffer(batch.shares, np.float32).reshape(len(batch), len(batch.sensors))
    if tuple(sensors) != batch.sensors:
        shares = _picked(shares, batch.sensors, sensors)
    return shares if most is None or most >= len(sensors) else _largest(shares, most)


def largest_first(shares: np.ndarray) -> np.ndarray:
    """Of each row the column numbers, that of the largest share first, those of NaN last; equal ones as they stand."""
    return np.argsort(-shares, axis=1, kind="stable")


def _picked(shares: np.ndarray, there: Sequence[str], wanted: Sequence[str]) -> np.ndarray:
    column = {name: number for number, name in enumerate(there)}
    picked = np.full((len(shares), len(wanted)), np.nan, np.float32)
    pairs = [(number, column[name]) for number, name in enumerate(wanted) if name in column]
    if pairs:
        into, out_of = zip(*pairs, strict=True)
        picked[:, into] = shares[:, out_of]
    return picked


def _largest(shares: np.ndarray, most: int) -> np.ndarray:
    shown = np.full_like(shares, np.nan)
    kept = largest_first(shares)[:, :most]
    np.put_along_axis(shown, kept, np.take_along_axis(shares, kept, axis=1), axis=1)
    return shown
