"""Figures of one window's input, by the names they have on the wire."""

from typing import Any

import numpy as np

from service.engine.detection import Drift, FittedModel, Readings, drift
from service.engine.work.inference.result_lines import DECIMALS
from service.engine.work.inference.verdicts import Verdicts


def quality_of(model: FittedModel, read: Readings, inside: np.ndarray, verdicts: Verdicts) -> dict[str, Any]:
    """What the input was like.

    Args:
        read: rows of the window with those before it, as they were read: gaps are not filled.
        inside: which of them are the window's, a mask [n].
    """
    return {
        "Rows": int(inside.sum()),
        "MissingShare": _rounded(float(np.isnan(read.values[inside]).mean())),
        "MutedRows": int(verdicts.muted.sum()),
        "StuckSensors": list(drift(model, read).stuck),
    }


def drift_of(model: FittedModel, read: Readings) -> dict[str, Any] | None:
    """How far rows of a running machine lie from the training data; None for no rows."""
    return _shown(drift(model, read)) if len(read) else None


def _shown(figures: Drift) -> dict[str, Any]:
    worst = [{"Sensor": name, "Share": _rounded(share)} for name, share in figures.outside if share > 0]
    moved = {"ShiftedSensor": figures.shifted} if figures.shifted else {}
    return {
        "OutOfRangeShare": _rounded(figures.outside_share),
        "OutOfRangeSensors": worst,
        "LargestShift": _rounded(figures.shift),
        **moved,
    }


def _rounded(value: float) -> float:
    return round(value, DECIMALS)
