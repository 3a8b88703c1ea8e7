"""Training as passes over chunks: what is learnt from each chunk is plain numbers, and these are joined.

    state = {}
    for step in passes(sampling):
        state = step.join(state, [step.look(state, chunk) for chunk in chunks])     each look anywhere, in any order
    model = finish(state)

The numbers are arrays that `numpy.savez` writes without pickle. The same rows in other chunks give the same model,
apart from rounding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from service.engine.detection.chunks import Chunk
from service.engine.detection.fitting import learn
from service.engine.detection.model import FittedModel
from service.engine.detection.readings import Readings

Numbers = dict[str, np.ndarray]


@dataclass(frozen=True)
class Pass:
    """One pass: `look` at a chunk, knowing what the passes before it learnt; `join` what was seen, in chunk order."""

    name: str
    look: Callable[[Numbers, Chunk], Numbers]
    join: Callable[[Numbers, Sequence[Numbers]], Numbers]


def passes(sampling: timedelta | None = None) -> tuple[Pass, ...]:
    """The passes of a training, in order.

    Args:
        sampling: time between rows; without it the median of what is there.
    """
    period = np.array(sampling // timedelta(microseconds=1) * 1000 if sampling else 0)
    return (Pass("rows", _rows, lambda state, parts: _all_rows(state, parts) | {"period": period}),)


def finish(state: Numbers) -> FittedModel:
    """The model of what the last pass joined.

    Raises:
        TrainingError: too few rows, no sensors, or no sensor that moves.
    """
    readings = Readings(state["times"], state["values"], tuple(state["sensors"].tolist()))
    return learn(readings, timedelta(microseconds=int(state["period"]) // 1000) if state["period"] else None)


def _rows(state: Numbers, chunk: Chunk) -> Numbers:
    own = chunk.readings.rows(slice(chunk.lead, None))
    return {"times": own.times, "values": own.values, "sensors": np.array(own.sensors)}


def _all_rows(state: Numbers, parts: Sequence[Numbers]) -> Numbers:
    together = {name: np.concatenate([part[name] for part in parts]) for name in ("times", "values")}
    return together | {"sensors": parts[0]["sensors"]}
