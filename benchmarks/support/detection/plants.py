"""Plants whose normal state moves: one with three operating modes and ramps of its load, and one that follows the day.

A fault is told in standard deviations of the noise that a sensor has at one point of operation. That is little beside
what the same sensor shows over all modes, or over a day: only the other sensors say that it is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from support.detection.cases import Case, Table

MODES, RAMP_ROWS = 3, 20
NORMAL_ROWS, FAULTY_ROWS = 240, 240

States = Callable[[int, np.random.Generator], np.ndarray]


@dataclass(frozen=True, eq=False)
class Plant:
    """What sensors show, given the state [n, s] of the plant: `gains` [s, k] times it, and noise of size `noise` [k].

    states: how the state of so many rows comes about; minutes: from row to row.
    """

    states: States
    gains: np.ndarray
    noise: np.ndarray
    minutes: int

    def table(self, rows: int, seed: list[int]) -> Table:
        rng = np.random.default_rng(seed)
        values = self.states(rows, rng) @ self.gains + self.noise * rng.normal(size=(rows, len(self.noise)))
        times = np.datetime64("2026-01-01", "ns") + np.arange(rows) * np.timedelta64(self.minutes, "m")
        return Table(times, values, tuple(f"plant\\sensor-{number + 1:02}" for number in range(len(self.noise))))


def operating_modes(seed: int = 1, sensors: int = 24) -> list[Case]:
    """Three modes with gains of their own, load up and down in each: nine days of minutes to learn from."""
    rng = np.random.default_rng([seed, 98])
    return _cases(_plant(_modes_and_load, 3 * MODES, sensors, rng, minutes=1), 13_000, seed)


def daily_cycle(seed: int = 1, sensors: int = 15) -> list[Case]:
    """Weather and a day of work in rows of five minutes: four weeks to learn from."""
    rng = np.random.default_rng([seed, 97])
    return _cases(_plant(_weather_and_work, 4, sensors, rng, minutes=5), 8_064, seed)


def _plant(states: States, count: int, sensors: int, rng: np.random.Generator, minutes: int) -> Plant:
    return Plant(states, rng.normal(size=(count, sensors)) * 5, rng.uniform(0.1, 0.3, sensors), minutes)


def _modes_and_load(rows: int, rng: np.random.Generator) -> np.ndarray:
    """For each mode how far it is on (from one to the next within 20 rows), times 1, the load and its square."""
    mode, load = np.empty(rows, dtype=int), np.empty(rows)
    row, level = 0, 0.5
    while row < rows:
        lasts, goal = int(rng.integers(120, 480)), rng.uniform(0.2, 1.0)
        part = slice(row, min(row + lasts, rows))
        mode[part] = rng.integers(0, MODES)
        load[part] = np.interp(np.arange(lasts), [0, lasts // 4], [level, goal])[: part.stop - row]
        row, level = row + lasts, goal
    on = np.eye(MODES)[mode]
    eased = np.cumsum(np.vstack([on[:1].repeat(RAMP_ROWS, axis=0), on]), axis=0)
    share = (eased[RAMP_ROWS:] - eased[:-RAMP_ROWS]) / RAMP_ROWS
    return np.hstack([share, share * load[:, None], share * load[:, None] ** 2])


def _weather_and_work(rows: int, rng: np.random.Generator) -> np.ndarray:
    """Sun and shade, days that are warmer than others, work from six to ten, and what work leaves warm."""
    hours = (rng.integers(0, 24) + np.arange(rows) / 12.0) % 24
    weather = np.cumsum(rng.normal(size=rows)) * 0.01
    work = np.clip(np.minimum(hours - 6, 22 - hours), 0, 1) * (1 + 0.1 * np.sin(np.arange(rows) / 7.0))
    warm = np.convolve(work, np.exp(-np.arange(48) / 12.0) / 12.0)[:rows]
    return np.column_stack([np.sin((hours - 9) / 24 * 2 * np.pi), weather, work, warm])


def _cases(plant: Plant, training_rows: int, seed: int) -> list[Case]:
    """A long series without a fault; shifts and drifts of single sensors; a third of the sensors that lose a tenth."""
    training = plant.table(training_rows, [seed, 0])
    normal = plant.table(3000, [seed, 1])
    sensors = len(training.sensors)
    worn = replace(plant, gains=plant.gains * np.where(np.arange(sensors) % 3, 1, 0.9))
    return [
        Case(training, normal, np.zeros(len(normal), dtype=bool), kind="no fault"),
        *(_single(plant, training, kind, sensor, seed) for kind in ("shift", "drift") for sensor in range(sensors)),
        *(_worn(plant, worn, training, [seed, 4, number]) for number in range(10)),
    ]


def _single(plant: Plant, training: Table, kind: str, sensor: int, seed: int) -> Case:
    series = plant.table(NORMAL_ROWS + FAULTY_ROWS, [seed, 2 + (kind == "drift"), sensor])
    course = np.ones(FAULTY_ROWS) if kind == "shift" else np.linspace(0, 2, FAULTY_ROWS)
    values = series.values.copy()
    values[NORMAL_ROWS:, sensor] += 6 * plant.noise[sensor] * course * (-1) ** sensor
    return _case(training, replace(series, values=values), kind, series.sensors[sensor])


def _worn(plant: Plant, worn: Plant, training: Table, seed: list[int]) -> Case:
    """The same state and the same noise, shown by the worn plant from the fault on."""
    before, after = plant.table(NORMAL_ROWS + FAULTY_ROWS, seed), worn.table(NORMAL_ROWS + FAULTY_ROWS, seed)
    values = np.vstack([before.values[:NORMAL_ROWS], after.values[NORMAL_ROWS:]])
    return _case(training, replace(before, values=values), "wear")


def _case(training: Table, series: Table, kind: str, culprit: str = "") -> Case:
    return Case(training, series, np.arange(len(series)) >= NORMAL_ROWS, kind=kind, culprit=culprit)
