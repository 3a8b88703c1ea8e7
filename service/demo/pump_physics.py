"""How the sample pump works: load, hydraulics, vibration and heat, as functions of absolute minutes.

A centrifugal pump (62 m at shut-off, best at 210 m3/h) lifts water from a tank through a strainer and a control valve.
A drive of variable speed and the valve follow the demand of a plant with three shifts and a quieter weekend.
"""

from dataclasses import dataclass

import numpy as np

from service.demo.chance import normal, wandering

MINUTES_A_DAY = 1440
MEMORY = 360  # minutes of the past that heat remembers

_SHIFT_HOURS = (0.0, 5.5, 6.5, 13.5, 14.5, 21.5, 22.5, 24.0)
_WORKDAY = (0.35, 0.35, 0.85, 0.85, 0.65, 0.65, 0.35, 0.35)
_WEEKEND = (0.35, 0.30, 0.50, 0.50, 0.45, 0.45, 0.35, 0.35)

_SHUT_OFF_HEAD, _PUMP_LOSS = 62.0, 3.5e-4  # m; m per (m3/h)2
_STATIC_HEAD, _PIPE_LOSS, _VALVE_LOSS = 18.0, 2.0e-4, 2.5e-4
_STRAINER_LOSS = 2.5e-6  # bar per (m3/h)2
_BEST_FLOW = 210.0  # m3/h at full speed
_BAR_PER_METRE = 0.0979


@dataclass(frozen=True, eq=False)
class Trouble:
    """What faults do to the machine, minute by minute; zero is healthy.

    wear and cavitation: 0 to about 1; valve_shortfall: per cent of travel that the valve is less open than it says.
    """

    wear: np.ndarray
    cavitation: np.ndarray
    valve_shortfall: np.ndarray


def demand(minutes: np.ndarray) -> np.ndarray:
    """Share of full load that the plant asks for, by shift and weekday (UTC) with some unrest."""
    hours = minutes % MINUTES_A_DAY / 60.0
    weekday = (minutes // MINUTES_A_DAY + 3) % 7  # day 0 of the epoch was a Thursday
    plan = np.where(weekday < 5, np.interp(hours, _SHIFT_HOURS, _WORKDAY), np.interp(hours, _SHIFT_HOURS, _WEEKEND))
    unrest = 0.08 * wandering("demand/slow", minutes, 240) + 0.04 * wandering("demand/quick", minutes, 20)
    return np.clip(plan + unrest, 0.1, 1.0)


def valve_position(minutes: np.ndarray) -> np.ndarray:
    """Opening of the control valve as commanded and displayed, per cent."""
    return 40.0 + 45.0 * demand(minutes) + 4.0 * wandering("valve/trim", minutes, 60)


def simulate(minutes: np.ndarray, trouble: Trouble) -> dict[str, np.ndarray]:
    """True values (no measuring noise) of every sensor at consecutive minutes.

    The first `MEMORY` minutes only warm the machine up: the arrays returned are shorter by that.
    """
    load = _hydraulics(minutes, trouble)
    values = {**load, **_vibration(minutes, load, trouble), **_heat(minutes, load, trouble)}
    return {name: series[-(len(minutes) - MEMORY) :] for name, series in values.items() if "\\" in name}


def _hydraulics(minutes: np.ndarray, trouble: Trouble) -> dict[str, np.ndarray]:
    speed = 0.82 + 0.16 * demand(minutes) + 0.02 * wandering("speed/trim", minutes, 90)
    displayed = valve_position(minutes)
    opening = (displayed - trouble.valve_shortfall) / 100.0
    static = _STATIC_HEAD + 1.2 * wandering("static head", minutes, 150)
    shut_off = _SHUT_OFF_HEAD * speed**2 * (1.0 - 0.02 * trouble.cavitation)
    flow = np.sqrt((shut_off - static) / (_PUMP_LOSS + _PIPE_LOSS + _VALVE_LOSS / opening**2))
    flow = flow + 2.5 * trouble.cavitation * normal("cavitation/pulse", minutes)
    head = shut_off - _PUMP_LOSS * flow**2
    level = 3.0 + 0.4 * wandering("tank/level", minutes, 720)
    strainer = _STRAINER_LOSS * (1.0 + 0.12 * trouble.cavitation) * flow**2
    suction = 0.6 + _BAR_PER_METRE * level - strainer
    return {
        "relative_speed": speed,
        "off_best": flow / speed / _BEST_FLOW - 1.0,
        "pump\\speed": 2950.0 * speed,
        "pump\\flow": flow,
        "pump\\suction_pressure": suction,
        "pump\\discharge_pressure": suction + _BAR_PER_METRE * head,
        "process\\valve_position": displayed,
        "process\\strainer_pressure_drop": 1000.0 * strainer,
        "process\\downstream_pressure": _BAR_PER_METRE * (static + _PIPE_LOSS * flow**2),
        "process\\tank_level": level,
        **_drive(minutes, speed, flow, head, trouble),
    }


def _drive(
    minutes: np.ndarray, speed: np.ndarray, flow: np.ndarray, head: np.ndarray, trouble: Trouble
) -> dict[str, np.ndarray]:
    efficiency = 0.78 * (1.0 - 0.9 * (flow / speed / _BEST_FLOW - 1.0) ** 2)
    shaft = 9.79 * flow / 3600.0 * head / efficiency + 0.3 * trouble.wear
    power = shaft / 0.93 + 1.2
    voltage = 400.0 + 2.5 * wandering("mains", minutes, 180)
    return {
        "motor\\power": power,
        "motor\\voltage": voltage,
        "motor\\current": 1000.0 * power / (np.sqrt(3.0) * voltage * 0.86),
    }


def _vibration(minutes: np.ndarray, load: dict[str, np.ndarray], trouble: Trouble) -> dict[str, np.ndarray]:
    shared = 0.8 * load["relative_speed"] ** 2 + 3.0 * load["off_best"] ** 2 + 0.3 * wandering("floor", minutes, 45)
    bursts = trouble.cavitation * (0.2 + 0.1 * normal("cavitation/burst", minutes))
    return {
        "pump\\vibration_drive_end": 1.1 + shared + 0.3 * trouble.wear + bursts,
        "pump\\vibration_free_end": 0.9 + 0.9 * shared + 0.07 * trouble.wear + 0.9 * bursts,
        "motor\\vibration": 0.7 + 0.6 * shared + 0.05 * trouble.wear + 0.2 * bursts,
    }


def _heat(minutes: np.ndarray, load: dict[str, np.ndarray], trouble: Trouble) -> dict[str, np.ndarray]:
    day = np.sin(2.0 * np.pi * (minutes % MINUTES_A_DAY - 540) / MINUTES_A_DAY)
    year = np.sin(2.0 * np.pi * (minutes / MINUTES_A_DAY - 110.0) / 365.25)
    ambient = 18.0 + 6.0 * day + 1.5 * year + 1.2 * wandering("weather", minutes, 500)
    fluid = 16.0 + 1.0 * year + 1.5 * wandering("fluid", minutes, 700)
    cooling = 0.8 * ambient + 0.2 * fluid
    friction = _remembered(load["motor\\power"] / 35.0 * load["relative_speed"], 35.0)
    copper = _remembered((load["motor\\current"] / 60.0) ** 2, 55.0)
    return {
        "process\\ambient_temperature": ambient,
        "process\\fluid_temperature": fluid,
        "pump\\bearing_temperature_drive_end": 16.0 + cooling + 16.0 * friction + 2.5 * trouble.wear,
        "pump\\bearing_temperature_free_end": 14.0 + cooling + 13.0 * friction + 0.3 * trouble.wear,
        "motor\\bearing_temperature": 17.0 + ambient + 12.0 * friction + 4.0 * copper,
        "motor\\winding_temperature": 22.0 + ambient + 42.0 * copper,
    }


def _remembered(series: np.ndarray, minutes: float) -> np.ndarray:
    """First-order lag with that time constant, cut off after `MEMORY` so that it depends on nothing older."""
    weights = np.exp(-np.arange(MEMORY + 1) / minutes)
    lagged = np.convolve(series, weights / weights.sum(), mode="valid")
    return np.concatenate([np.full(MEMORY, lagged[0]), lagged])
