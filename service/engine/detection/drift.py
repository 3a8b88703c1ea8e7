"""How far readings have moved away from the training data."""

from dataclasses import dataclass

import numpy as np

from service.engine.detection.model import LONGEST_REST, FittedModel
from service.engine.detection.readings import Readings
from service.engine.detection.rests import rows_at_rest

WORST = 10  # sensors that are named
FEWEST_AT_REST = 4  # rows before the last; a value that comes again a few times says nothing


@dataclass(frozen=True)
class Drift:
    """Figures of some rows; plain numbers, never NaN.

    outside_share: of the readings, those beyond what was usual in training; outside: the sensors where that share is
    largest, largest first; stuck: sensors that moved in training and show one value for more rows than ever there;
    shift: how far the mean of a sensor lies from its centre in training, in spreads, of the sensor where this is most,
    which is `shifted`.
    """

    outside_share: float
    outside: tuple[tuple[str, float], ...]
    stuck: tuple[str, ...]
    shift: float
    shifted: str | None


def drift(model: FittedModel, readings: Readings) -> Drift:
    """The figures of these readings, in which gaps are NaN.

    Raises:
        ValueError: a sensor of the model is missing.
    """
    values = readings.of_sensors(model.sensors).values
    present = np.isfinite(values)
    lies_outside = present & ((values < model.scaling.lowest) | (values > model.scaling.highest))
    shares = lies_outside.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    shift, shifted = _shift(model, values)
    return Drift(
        outside_share=_share(lies_outside.sum(), present.sum()),
        outside=_worst(model.sensors, shares),
        stuck=_stuck(model, values),
        shift=shift,
        shifted=shifted,
    )


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 0.0


def _worst(sensors: tuple[str, ...], shares: np.ndarray) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-shares, kind="stable")[:WORST]
    return tuple((sensors[place], float(shares[place])) for place in order if shares[place] > 0)


def _stuck(model: FittedModel, values: np.ndarray) -> tuple[str, ...]:
    if not len(values):
        return ()
    resting = rows_at_rest(values)[-1] > np.maximum(model.rest, FEWEST_AT_REST)
    judged = np.zeros(len(model.sensors), dtype=bool)
    judged[model.scaling.columns] = True
    return tuple(model.sensors[place] for place in np.flatnonzero(resting & judged & (model.rest <= LONGEST_REST)))


def _shift(model: FittedModel, values: np.ndarray) -> tuple[float, str | None]:
    scaled = model.scaling.apply(values)
    counts = np.isfinite(scaled).sum(axis=0)
    means = np.abs(np.nansum(scaled, axis=0)) / np.maximum(counts, 1)
    if not counts.any():
        return 0.0, None
    most = int(np.argmax(means))
    return float(means[most]), model.sensors[model.scaling.columns[most]]
