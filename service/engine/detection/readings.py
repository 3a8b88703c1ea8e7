"""Sensor readings as the detectors see them: one row per instant, one column per sensor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Readings:
    """A table of readings in ascending time.

    times: datetime64[ns] in UTC, shape [n]; values: float64, shape [n, k], NaN where nothing was read;
    sensors: k names of the form ``component\\sensor``.
    """

    times: np.ndarray
    values: np.ndarray
    sensors: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.times), len(self.sensors)):
            expected = (len(self.times), len(self.sensors))
            raise ValueError(f"times and sensors are for values of shape {expected}, not {self.values.shape}")
        if len(self.times) > 1 and not (np.diff(self.times) > np.timedelta64(0)).all():
            raise ValueError("the times of readings must ascend, each only once")

    def __len__(self) -> int:
        return len(self.times)

    def of_sensors(self, sensors: Sequence[str]) -> "Readings":
        """The same rows with exactly these sensors, in this order.

        Raises:
            ValueError: naming the sensors that are not here.
        """
        if self.sensors == tuple(sensors):
            return self
        place = {name: column for column, name in enumerate(self.sensors)}
        if missing := [name for name in sensors if name not in place]:
            raise ValueError(f"readings lack the sensors {', '.join(missing)}")
        return Readings(self.times, self.values[:, [place[name] for name in sensors]], tuple(sensors))

    def rows(self, chosen: np.ndarray | slice) -> "Readings":
        """Only these rows (a mask, a slice or ascending positions)."""
        return Readings(self.times[chosen], self.values[chosen], self.sensors)


def readings_from_frame(frame: pd.DataFrame) -> Readings:
    """Readings from a frame with an ascending time index (naive means UTC) and one column per sensor."""
    index = frame.index.tz_convert("UTC").tz_localize(None) if frame.index.tz is not None else frame.index
    return Readings(
        times=index.to_numpy().astype("datetime64[ns]"),
        values=frame.to_numpy(dtype=np.float64, na_value=np.nan),
        sensors=tuple(str(name) for name in frame.columns),
    )


def rows_before(times: np.ndarray, longest_pause: np.timedelta64) -> np.ndarray:
    """How many rows precede each row without a pause longer than `longest_pause`; shape [n], from 0 up."""
    positions = np.arange(len(times))
    starts = np.ones(len(times), dtype=bool)
    starts[1:] = np.diff(times) > longest_pause
    return positions - np.maximum.accumulate(np.where(starts, positions, 0))


def instant(moment: datetime) -> np.datetime64:
    """A timezone-aware datetime as the readings count time."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ns")


def moment(instant: np.datetime64) -> datetime:
    """The other way round: a timezone-aware datetime in UTC, to the microsecond."""
    return instant.astype("datetime64[us]").item().replace(tzinfo=UTC)


def within(times: np.ndarray, ranges: Iterable[tuple[datetime, datetime]]) -> np.ndarray:
    """Which times lie in one of the ranges, both ends included; mask of shape [n]."""
    inside = np.zeros(len(times), dtype=bool)
    for start, end in ranges:
        inside |= (times >= instant(start)) & (times <= instant(end))
    return inside
