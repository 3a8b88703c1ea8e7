"""Points as lines that stop where there is a gap."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

Values = np.ndarray


def moments(times: Sequence[datetime]) -> Values:
    """Times, which are in UTC, as matplotlib counts them: days since 1970."""
    return np.array([time.timestamp() for time in times], float) / 86_400


def broken(times: Sequence[datetime], values: Sequence[float | None], pause: timedelta | None) -> tuple[Values, Values]:
    """Both as arrays, with a NaN in between where two points are further apart than `pause`."""
    x = moments(times)
    y = np.array([np.nan if value is None else value for value in values], float)
    if pause is None or len(x) < 2:
        return x, y
    at = np.flatnonzero(np.diff(x) > pause / timedelta(days=1)) + 1
    return np.insert(x, at, (x[at - 1] + x[at]) / 2), np.insert(y, at, np.nan)


def lonely(y: Values) -> Values:
    """Which points have no neighbour to draw a line to."""
    there = np.concatenate([[False], ~np.isnan(y), [False]])
    return there[1:-1] & ~there[:-2] & ~there[2:]


def draw_curve(axes: Any, x: Values, y: Values, colour: str, width: float, wash: float, **options: Any) -> list[Any]:
    """A line with a wash of its colour below it, and dots where a line is too short to be seen."""
    alone = lonely(y)
    return [
        axes.fill_between(x, 0, y, color=colour, alpha=wash, linewidth=0, **options),
        *axes.plot(x, y, color=colour, linewidth=width, solid_joinstyle="round", **options),
        *axes.plot(x[alone], y[alone], ".", color=colour, markersize=2.5 * width + 1, markeredgewidth=0, **options),
    ]
