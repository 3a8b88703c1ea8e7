"""The sample machine: a centrifugal pump whose readings, healthy or not, are a pure function of absolute time.

The same minute has the same readings whatever span is asked, so tests, the demo and its feeder agree without sharing
anything. Faults change how sensors go together; hardly any reading of a fault lies outside of what the same sensor
shows when healthy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

import numpy as np
import pandas as pd

from service.demo.chance import normal, uniform
from service.demo.pump_physics import MEMORY, MINUTES_A_DAY, Trouble, simulate, valve_position

TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
STICKS_FOR = 45  # minutes until a sticking valve moves again

FaultKind = Literal["bearing_wear", "cavitation", "valve_sticking"]


@dataclass(frozen=True)
class Sensor:
    """A sensor: its unit, what it measures, the standard deviation of its noise and how many decimals it shows."""

    name: str
    unit: str
    meaning: str
    noise: float
    decimals: int


@dataclass(frozen=True)
class Fault:
    """A fault and the time it lasts, which is also its label. `severity` 1 is clear but not drastic."""

    kind: FaultKind
    start: datetime
    end: datetime
    severity: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(get_args(FaultKind))}")
        if self.end <= self.start:
            raise ValueError("a fault must end after it starts")


SCHEMA: dict[str, tuple[Sensor, ...]] = {
    "pump": (
        Sensor("speed", "rpm", "Speed of the shaft", 2.0, 1),
        Sensor("flow", "m3/h", "Flow through the pump", 0.8, 2),
        Sensor("suction_pressure", "bar", "Pressure before the impeller", 0.003, 4),
        Sensor("discharge_pressure", "bar", "Pressure after the impeller", 0.015, 3),
        Sensor("vibration_drive_end", "mm/s", "Vibration velocity at the bearing beside the motor", 0.04, 3),
        Sensor("vibration_free_end", "mm/s", "Vibration velocity at the far bearing", 0.04, 3),
        Sensor("bearing_temperature_drive_end", "degC", "Bearing beside the motor", 0.15, 2),
        Sensor("bearing_temperature_free_end", "degC", "Far bearing", 0.15, 2),
    ),
    "motor": (
        Sensor("current", "A", "Current of one phase", 0.25, 2),
        Sensor("voltage", "V", "Voltage between phases", 0.3, 1),
        Sensor("power", "kW", "Electrical power", 0.15, 2),
        Sensor("winding_temperature", "degC", "Hottest winding", 0.2, 2),
        Sensor("bearing_temperature", "degC", "Bearing of the motor", 0.15, 2),
        Sensor("vibration", "mm/s", "Vibration velocity of the motor", 0.03, 3),
    ),
    "process": (
        Sensor("valve_position", "%", "Opening of the control valve as displayed", 0.2, 2),
        Sensor("strainer_pressure_drop", "mbar", "Pressure lost in the suction strainer", 1.0, 2),
        Sensor("downstream_pressure", "bar", "Pressure after the control valve", 0.01, 3),
        Sensor("tank_level", "m", "Level of the suction tank", 0.01, 3),
        Sensor("fluid_temperature", "degC", "Water in the tank", 0.05, 2),
        Sensor("ambient_temperature", "degC", "Air beside the pump", 0.1, 2),
    ),
}
"""Component name -> its sensors."""

SENSORS: dict[str, Sensor] = {
    f"{component}\\{sensor.name}": sensor for component, sensors in SCHEMA.items() for sensor in sensors
}
"""Full name, ``component\\sensor`` -> sensor, in the order of the columns."""


def readings(start: datetime, end: datetime, faults: Sequence[Fault] = ()) -> pd.DataFrame:
    """Readings of every minute from `start` (included) to `end` (not included), both aware.

    Returns:
        A frame indexed by UTC time with a column ``component\\sensor`` for each sensor. Now and then rows are missing
        (at most four in a row, so no window of five minutes is ever empty) and single cells are NaN.
    """
    minutes = np.arange(_minute(start, up=True) - MEMORY, _minute(end, up=True))
    asked = minutes[MEMORY:]
    if not len(asked):
        return _frame(asked, {name: np.empty(0) for name in SENSORS})
    values = simulate(minutes, _trouble(minutes, faults))
    kept = ~_lost_rows(asked)
    shown = {name: _shown(name, sensor, values[name], asked)[kept] for name, sensor in SENSORS.items()}
    return _frame(asked[kept], shown)


def component_csv(frame: pd.DataFrame, component: str) -> str:
    """One component's readings as CSV: ``Timestamp`` first, then its sensors by short name; no value: empty cell."""
    columns = {f"{component}\\{sensor.name}": sensor.name for sensor in SCHEMA[component]}
    table = frame[list(columns)].rename(columns=columns)
    return table.to_csv(index_label="Timestamp", date_format=TIMESTAMP_FORMAT, lineterminator="\n")


def _minute(at: datetime, *, up: bool) -> int:
    seconds = at.astimezone(UTC).timestamp()
    return int(-(-seconds // 60)) if up else int(seconds // 60)


def _frame(minutes: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    index = pd.DatetimeIndex(minutes.astype("datetime64[m]").astype("datetime64[ns]"), tz="UTC", name="Timestamp")
    return pd.DataFrame(columns, index=index)


def _trouble(minutes: np.ndarray, faults: Sequence[Fault]) -> Trouble:
    trouble = Trouble(*(np.zeros(len(minutes)) for _ in range(3)))
    for fault in faults:
        first, last = _minute(fault.start, up=True), _minute(fault.end, up=False)
        during = (minutes >= first) & (minutes <= last)
        progress = (minutes[during] - first) / max(last - first, 1)
        if fault.kind == "bearing_wear":
            trouble.wear[during] += fault.severity * progress
        elif fault.kind == "cavitation":
            trouble.cavitation[during] += fault.severity * np.minimum(progress / 0.15, 1.0)
        else:
            trouble.valve_shortfall[during] += _shortfall(minutes[during], first, fault.severity)
    return trouble


def _shortfall(minutes: np.ndarray, first: int, severity: float) -> np.ndarray:
    """A sticking valve stays where it was, moves every 45 minutes only, and then stops short of what it should open."""
    moved_at = first + (minutes - first) // STICKS_FOR * STICKS_FOR
    return valve_position(minutes) - valve_position(moved_at) + 7.0 * severity


def _shown(name: str, sensor: Sensor, truth: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    measured = np.round(truth + sensor.noise * normal(name, minutes), sensor.decimals)
    return np.where(uniform(f"{name}/lost", minutes) < 0.0003, np.nan, measured)


def _lost_rows(minutes: np.ndarray) -> np.ndarray:
    """About one gap in three days, of one to four minutes and never over midnight."""
    day, minute = np.divmod(minutes, MINUTES_A_DAY)
    begins = np.floor(uniform("gap/begin", day) * (MINUTES_A_DAY - 4))
    lasts = np.floor(1.0 + 4.0 * uniform("gap/length", day))
    return (uniform("gap", day) < 0.35) & (minute >= begins) & (minute < begins + lasts)
