"""The first pass: how many rows there are, how often they come, and what each sensor's readings are like.

Middle and spread of a sensor are learnt from every second, fourth, eighth ... row, so that a sample stays small however
long the training data are; which rows these are does not depend on the chunks.
"""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from service.engine.detection.chunks import LEAD_ROWS, Chunk
from service.engine.detection.counters import counters, moves
from service.engine.detection.numbers import Numbers
from service.engine.detection.problems import TrainingError, require_rows
from service.engine.detection.rests import rows_at_rest
from service.engine.detection.scaling import SEEN_ENOUGH, Scaling, learn_scaling, usable

SAMPLED_ROWS = 16_384
LONGEST_PAUSE = 5  # sampling periods


def look(state: Numbers, chunk: Chunk) -> Numbers:
    """Sampled rows with their positions and the time since the row before; rest, range and moves of each sensor."""
    readings, rows = chunk.readings, len(chunk.readings) - chunk.lead
    positions = chunk.position + np.arange(rows)
    sampled = np.flatnonzero(positions % _stride(rows) == 0)
    steps = np.full(len(readings), np.timedelta64("NaT", "ns"))
    steps[1:] = np.diff(readings.times)
    own = usable(readings.values[chunk.lead :])
    return {
        "sensors": np.array(readings.sensors),
        "rows": np.array(rows),
        "labelled": np.array(chunk.labelled.chosen.sum() if chunk.labelled else 0),
        "positions": positions[sampled],
        "values": readings.values[chunk.lead + sampled],
        "steps": steps[chunk.lead + sampled],
        "rest": rows_at_rest(readings.values)[chunk.lead :].max(axis=0, initial=0).clip(max=LEAD_ROWS),
        **moves(readings.values[max(chunk.lead - 1, 0) :]),
        "least": np.fmin.reduce(own, axis=0, initial=np.inf),
        "most": np.fmax.reduce(own, axis=0, initial=-np.inf),
    }


def join(parts: Sequence[Numbers], sampling: timedelta | None) -> Numbers:
    """What all chunks together say about the sensors.

    Raises:
        TrainingError: too few rows, no sensors, or no sensor that moves.
    """
    rows, sensors = sum(int(part["rows"]) for part in parts), parts[0]["sensors"]
    require_rows(rows, "after resampling and without the labelled ranges")
    kept = np.concatenate([part["positions"] for part in parts]) % _stride(rows) == 0
    values = np.concatenate([part["values"] for part in parts])[kept]
    scaling = learn_scaling(values)
    if not len(scaling.columns):
        raise TrainingError(f"None of the {len(sensors)} sensors changes in the training data: nothing to learn.")
    period = np.timedelta64(sampling, "ns") if sampling else _usual(np.concatenate([part["steps"] for part in parts]))
    return {
        "sensors": sensors,
        "rows": np.array(rows),
        "labelled": np.array(sum(int(part["labelled"]) for part in parts)),
        "pause": LONGEST_PAUSE * period,
        "rest": np.max([part["rest"] for part in parts], axis=0),
        "steady": _steady(values, scaling),
        "least": np.min([part["least"] for part in parts], axis=0),
        "most": np.max([part["most"] for part in parts], axis=0),
        **_without_counters(scaling, parts).numbers(),
    }


def _without_counters(scaling: Scaling, parts: Sequence[Numbers]) -> Scaling:
    """The sensors whose levels come again; all of them where no sensor does anything but count."""
    rises, falls = (np.sum([part[name] for part in parts], axis=0) for name in ("rises", "falls"))
    return scaling.without(counters(rises, falls))


def _steady(values: np.ndarray, scaling: Scaling) -> np.ndarray:
    """Places of the sensors that were read and never moved."""
    seen = np.isfinite(values).mean(axis=0) >= SEEN_ENOUGH
    return np.setdiff1d(np.flatnonzero(seen), scaling.columns)


def _usual(steps: np.ndarray) -> np.timedelta64:
    return np.median(steps[~np.isnat(steps)].astype(np.int64)).astype("timedelta64[ns]")


def _stride(rows: int) -> int:
    stride = 1
    while rows > stride * SAMPLED_ROWS:
        stride *= 2
    return stride
