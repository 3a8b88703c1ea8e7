"""Thirty sensors that follow a few common causes, and faults of single ones whose name is known.

Five causes wander, each at its own pace; every sensor follows two or three of them and has noise of its own (a tenth to
a quarter of its variance). A fault takes hold of one sensor and leaves the others alone. Its size is told in standard
deviations of what that sensor shows when healthy, so hardly any faulty reading lies outside of what was seen before.
"""

from collections.abc import Callable, Sequence

import numpy as np

from support.detection.cases import Case, Table

KINDS = ("drift", "step", "noise", "stuck")
CAUSES, SENSORS = 5, 30
TRAINING_ROWS, NORMAL_ROWS, FAULTY_ROWS = 4000, 180, 180
_PACES = (0.995, 0.99, 0.98, 0.97, 0.95)  # share of a cause that is left a minute later
_BURN_IN = 1000


def planted_faults(seed: int = 1, sensors: Sequence[int] = range(SENSORS), kinds: Sequence[str] = KINDS) -> list[Case]:
    """A case for each kind and sensor: three hours without a fault, then three with it."""
    plant = _plant(seed)
    training = _table(plant, TRAINING_ROWS, [seed, 0])
    spread = training.values.std(axis=0)
    return [
        _planted(plant, training, spread, kind, sensor, [seed, 1 + number, sensor])
        for number, kind in enumerate(kinds)
        for sensor in sensors
    ]


def _planted(
    plant: tuple[np.ndarray, ...], training: Table, spread: np.ndarray, kind: str, sensor: int, seed: list[int]
) -> Case:
    healthy = _table(plant, NORMAL_ROWS + FAULTY_ROWS, seed)
    rng = np.random.default_rng([*seed, 7])
    values = healthy.values.copy()
    values[NORMAL_ROWS:, sensor] = FAULTS[kind](values[NORMAL_ROWS - 1 :, sensor], spread[sensor], rng)
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


def _plant(seed: int) -> tuple[np.ndarray, ...]:
    """How much each sensor [k] follows each cause [c], its noise, its centre and its unit."""
    rng = np.random.default_rng([seed, 99])
    follows = rng.normal(size=(CAUSES, SENSORS)) * (rng.random((CAUSES, SENSORS)) < 0.5)
    follows[rng.integers(0, CAUSES, SENSORS), np.arange(SENSORS)] += rng.choice([-1, 1], SENSORS)
    follows /= np.linalg.norm(follows, axis=0)
    noise = np.sqrt(rng.uniform(0.1, 0.25, SENSORS))
    return follows, noise, rng.uniform(-50, 200, SENSORS), 10 ** rng.uniform(-2, 2, SENSORS)


def _table(plant: tuple[np.ndarray, ...], rows: int, seed: list[int]) -> Table:
    follows, noise, centre, unit = plant
    rng = np.random.default_rng(seed)
    causes = _wandering(rng.normal(size=(_BURN_IN + rows, CAUSES)))[_BURN_IN:]
    shown = causes @ follows * np.sqrt(1 - noise**2) + noise * rng.normal(size=(rows, SENSORS))
    times = np.datetime64("2026-01-01", "ns") + np.arange(rows) * np.timedelta64(1, "m")
    return Table(times, centre + unit * shown, tuple(f"plant\\sensor-{number + 1:02}" for number in range(SENSORS)))


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
