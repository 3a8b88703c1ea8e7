"""Findings in a portion as numbers that can be written, and back."""

from collections.abc import Iterator

import numpy as np

from service.engine.detection import Event, Numbers
from service.engine.detection.judged import Judged
from service.engine.detection.readings import instant, moment
from service.engine.work.training.evaluation import Findings

OWN, PRIOR = "own_", "prior_"


def numbers_of(findings: Findings) -> Numbers:
    """The findings without their lines, as arrays that `numpy.savez` takes without pickle."""
    return {
        prefix + name: array
        for prefix, judged in ((OWN, findings.own), (PRIOR, findings.prior))
        for name, array in _arrays(judged)
    }


def findings_of(numbers: Numbers) -> Findings:
    """The findings that `numbers_of` was given."""
    return Findings(_judged(numbers, OWN), _judged(numbers, PRIOR))


def _arrays(judged: Judged) -> Iterator[tuple[str, np.ndarray]]:
    events = judged.events
    yield "times", judged.times
    yield "score", judged.score
    yield "sensors", np.array(judged.sensors, dtype=np.str_)
    yield "longest_pause", np.array(judged.longest_pause)
    yield "starts", np.array([instant(event.start) for event in events], dtype="datetime64[ns]")
    yield "ends", np.array([instant(event.end) for event in events], dtype="datetime64[ns]")
    yield "points", np.array([event.points for event in events], dtype=np.int64)
    yield "contributions", np.array([event.contributions for event in events])


def _judged(numbers: Numbers, prefix: str) -> Judged:
    said = {name.removeprefix(prefix): array for name, array in numbers.items() if name.startswith(prefix)}
    sensors = tuple(said["sensors"].tolist())
    rows = zip(said["starts"], said["ends"], said["points"], said["contributions"], strict=True)
    events = tuple(
        Event(moment(start), moment(end), int(points), sensors, shares) for start, end, points, shares in rows
    )
    return Judged(said["times"], said["score"], sensors, events, said["longest_pause"][()])
