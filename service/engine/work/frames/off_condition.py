"""OffCondition: the comparison that says when the machine is off, `component\\sensor<value` or `>`.

One comparison only; nothing the service published joins two (AWS user guide, and every example seen).
"""

import re
from dataclasses import dataclass

import numpy as np

from service.engine.detection import Readings

_SHAPE = re.compile(r"\s*(?P<component>[^\\<>]+)\\+(?P<sensor>[^\\<>]+?)\s*(?P<sign>[<>])\s*(?P<limit>\S+)\s*")


class UnreadableOffCondition(Exception):
    """The text is no comparison, or its sensor is not in the model. The message is a sentence."""


@dataclass(frozen=True)
class OffCondition:
    """The machine is off where the sensor is below (or above) the limit."""

    sensor: str
    below: bool
    limit: float

    def holds(self, readings: Readings) -> np.ndarray:
        """Which rows are off, shape [n]. A row without a value of the sensor is not."""
        try:
            column = readings.values[:, readings.sensors.index(self.sensor)]
        except ValueError:
            raise UnreadableOffCondition(
                f"The OffCondition names the sensor {self.sensor!r}, which the model does not have."
            ) from None
        return column < self.limit if self.below else column > self.limit


def parse_off_condition(text: str | None) -> OffCondition | None:
    """None for no condition.

    Raises:
        UnreadableOffCondition: not of the form component\\sensor<number.
    """
    if text is None:
        return None
    match = _SHAPE.fullmatch(text)
    try:
        limit = float(match["limit"]) if match else np.nan
    except ValueError:
        limit = np.nan
    if match is None or not np.isfinite(limit):
        raise UnreadableOffCondition(
            f"The OffCondition {text!r} is not understood; it has the form component\\sensor<number, or > instead of <."
        )
    return OffCondition(f"{match['component']}\\{match['sensor']}", match["sign"] == "<", limit)


def off_rows(condition: OffCondition | None, readings: Readings) -> np.ndarray:
    """Which rows are off; none without a condition."""
    return condition.holds(readings) if condition else np.zeros(len(readings), dtype=bool)
