"""Thirty sensors that follow a few common causes, and faults of single ones whose name is known.

Five causes wander, each at its own pace; every sensor follows two or three of them and has noise of its own (a tenth to
a quarter of its variance). A fault takes hold of one sensor and leaves the others alone. Its size is told in standard
deviations of what that sensor shows when healthy, so hardly any faulty reading lies outside of what was seen before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from support.detection.cases import Case, Table

KINDS = ("drift", "step", "noise", "stuck")
CAUSES, SENSORS = 5, 30
TRAINING_ROWS, NORMAL_ROWS, FAULTY_ROWS = 4000, 180, 180
_PACES = (0.995, 0.99, 0.98, 0.97, 0.95)  # share of a cause that is left a minute later
_BURN_IN = 1000


@dataclass(frozen=True, eq=False)
class Plant:
    """How much each sensor [k] follows each cause [c], the share of its noise, its centre and its unit."""

    follows: np.ndarray
    noise: np.ndarray
    centre: np.ndarray
    unit: np.ndarray


def planted_faults(
    seed: int = 1, *, sensors: int = SENSORS, training_rows: int = TRAINING_ROWS, broken: Sequence[int] | None = None
) -> list[Case]:
    """A case for each kind of fault and each sensor (or those `broken`): three hours without it, then three with it."""
    plant = _plant(seed, sensors)
    training = _table(plant, training_rows, [seed, 0])
    spread = training.values.std(axis=0)
    return [
        _planted(plant, training, spread[sensor], kind, sensor, [seed, 1 + number, sensor])
        for number, kind in enumerate(KINDS)
        for sensor in (range(sensors) if broken is None else broken)
    ]


def _planted(plant: Plant, training: Table, spread: float, kind: str, sensor: int, seed: list[int]) -> Case:
    healthy = _table(plant, NORMAL_ROWS + FAULTY_ROWS, seed)
    values = healthy.values.copy()
    truth = values[NORMAL_ROWS - 1 :, sensor]
    values[NORMAL_ROWS:, sensor] = FAULTS[kind](truth, spread, np.random.default_rng([*seed, 7]))
    faulty = np.arange(len(healthy)) >= NORMAL_ROWS
    series = Table(healthy.times, values, healthy.sensors)
    return Case(training, series, faulty, culprit=healthy.sensors[sensor], kind=kind)


def _drift(truth: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Away by three standard deviations in the end, up or down."""
    return truth[1:] + rng.choice([-3, 3]) * spread * np.linspace(0, 1, len(truth) - 1)


def _step(truth: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Off by two standard deviations from one row to the next."""
    return truth[1:] + rng.choice([-2, 2]) * spread


def _noise(truth: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of one standard deviation more, around the right value."""
    return truth[1:] + rng.normal(0, spread, len(truth) - 1)


def _stuck(truth: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    """The last good value, over and over."""
    return np.full(len(truth) - 1, truth[0])


FAULTS: dict[str, Callable[[np.ndarray, float, np.random.Generator], np.ndarray]] = {
    "drift": _drift,
    "step": _step,
    "noise": _noise,
    "stuck": _stuck,
}


def _plant(seed: int, sensors: int) -> Plant:
    rng = np.random.default_rng([seed, 99])
    follows = rng.normal(size=(CAUSES, sensors)) * (rng.random((CAUSES, sensors)) < 0.5)
    follows[rng.integers(0, CAUSES, sensors), np.arange(sensors)] += rng.choice([-1, 1], sensors)
    noise = np.sqrt(rng.uniform(0.1, 0.25, sensors))
    follows *= np.sqrt(1 - noise**2) / np.linalg.norm(follows, axis=0)
    return Plant(follows, noise, rng.uniform(-50, 200, sensors), 10 ** rng.uniform(-2, 2, sensors))


def _table(plant: Plant, rows: int, seed: list[int]) -> Table:
    rng = np.random.default_rng(seed)
    causes = _wandering(rng.normal(size=(_BURN_IN + rows, CAUSES)))[_BURN_IN:]
    shown = causes @ plant.follows + plant.noise * rng.normal(size=(rows, len(plant.noise)))
    times = np.datetime64("2026-01-01", "ns") + np.arange(rows) * np.timedelta64(1, "m")
    sensors = tuple(f"plant\\sensor-{number + 1:03}" for number in range(len(plant.noise)))
    return Table(times, plant.centre + plant.unit * shown, sensors)


def _wandering(pushes: np.ndarray) -> np.ndarray:
    """Each column a first-order autoregressive process of variance 1."""
    paces = np.array(_PACES)
    pushes = pushes * np.sqrt(1 - paces**2)
    wandering = np.empty_like(pushes)
    state = np.zeros(len(paces))
    for row, push in enumerate(pushes):
        state = paces * state + push
        wandering[row] = state
    return wandering
