"""Anomalous rows that follow each other, merged into events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from service.engine.detection.readings import moment
from service.engine.detection.scores import Scores


@dataclass(frozen=True, eq=False)
class Event:
    """A run of anomalous rows: its first and last instant, how many rows, and the mean contribution of each sensor."""

    start: datetime
    end: datetime
    points: int
    sensors: tuple[str, ...]
    contributions: np.ndarray  # [k], sums to 1

    @property
    def duration(self) -> timedelta:
        """From the first anomalous row to the last; zero for a single row."""
        return self.end - self.start


def find_events(scores: Scores, anomalous: np.ndarray | None = None) -> list[Event]:
    """Runs of consecutive anomalous rows, oldest first. A pause beyond `scores.longest_pause` ends a run.

    Args:
        anomalous: which rows count, a mask [n]; without it those that the scores themselves call so.
    """
    rows = np.flatnonzero(scores.anomalous if anomalous is None else anomalous)
    breaks = (np.diff(rows) > 1) | (np.diff(scores.times[rows]) > scores.longest_pause)
    runs = np.split(rows, np.flatnonzero(breaks) + 1) if len(rows) else []
    return [_event(scores, run) for run in runs]


def diagnostics(sensors: Sequence[str], contributions: np.ndarray, most: int | None = None) -> list[dict]:
    """``[{"name": "component\\sensor", "value": share}]``, in sensor order; only the largest `most` of them."""
    chosen = np.arange(len(sensors))
    if most is not None and most < len(sensors):
        chosen = np.sort(np.argsort(-contributions, kind="stable")[:most])
    return [{"name": sensors[number], "value": float(contributions[number])} for number in chosen]


def overlap(event: Event, start: datetime, end: datetime) -> timedelta | None:
    """How long the event lies inside a range (zero for a single row); None when they do not touch."""
    shared = min(event.end, end) - max(event.start, start)
    return shared if shared >= timedelta(0) else None


def _event(scores: Scores, run: np.ndarray) -> Event:
    start, end = moment(scores.times[run[0]]), moment(scores.times[run[-1]])
    return Event(start, end, len(run), scores.sensors, scores.contributions[run].mean(axis=0))
