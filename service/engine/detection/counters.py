"""Sensors that only count: totals and hours run, whose level never comes again.

What training says of such a level is out of date with the next row, so it is no measure of what is normal.
"""

import numpy as np

from service.engine.detection.numbers import Numbers

FEWEST = 20  # moves one way and none back: of a sensor that is free to go either way, one in a million


def moves(values: np.ndarray) -> Numbers:
    """How often each sensor of values [n, k] rose and fell from a row to the next; a gap is no move."""
    return {"rises": (values[1:] > values[:-1]).sum(axis=0), "falls": (values[1:] < values[:-1]).sum(axis=0)}


def counters(rises: np.ndarray, falls: np.ndarray) -> np.ndarray:
    """Places of the sensors [k] that moved one way alone."""
    return np.flatnonzero((np.minimum(rises, falls) == 0) & (np.maximum(rises, falls) >= FEWEST))
