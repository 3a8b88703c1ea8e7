"""A small made-up machine: three sensors that follow one load, one on its own, one that never moves."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from service.engine.detection import FittedModel, Readings, Scores, fit

SENSORS = ("pump\\flow", "pump\\pressure", "motor\\current", "motor\\temperature", "motor\\poles")
START = np.datetime64("2026-01-01T00:00:00", "ns")
MINUTE = np.timedelta64(1, "m")


def machine_readings(rows: int, *, first: int = 0, seed: int = 1) -> Readings:
    """`rows` minutes from minute `first` on; the load goes up and down every 200 minutes."""
    minutes = np.arange(first, first + rows)
    noise = np.random.default_rng([seed, first]).normal(size=(rows, 4))
    load = np.sin(minutes / 32.0)
    values = np.column_stack(
        [
            200 + 20 * load + noise[:, 0],
            5 - 0.5 * load + 0.02 * noise[:, 1],
            60 + 8 * load + 0.5 * noise[:, 2],
            40 + 2 * noise[:, 3],
            np.full(rows, 4.0),
        ]
    )
    return Readings(START + minutes * MINUTE, values, SENSORS)


def at_minute(number: int) -> datetime:
    return datetime.fromisoformat("2026-01-01T00:00:00+00:00") + timedelta(minutes=number)


def scores_of(pattern: str, sensors: tuple[str, ...] = ("a\\x", "a\\y"), minutes: list[int] | None = None) -> Scores:
    """One score a minute: `#` is anomalous, `.` is not. Contributions grow with the row, to tell rows apart."""
    rows = len(pattern)
    score = np.array([0.9 if sign == "#" else 0.2 for sign in pattern])
    first = np.linspace(0.2, 0.8, rows)
    rest = np.repeat(((1 - first) / (len(sensors) - 1))[:, None], len(sensors) - 1, axis=1)
    times = START + np.array(minutes if minutes else range(rows)) * MINUTE
    return Scores(times, sensors, score, np.column_stack([first, rest]), 5 * MINUTE)


@pytest.fixture(name="machine")
def machine_factory() -> Callable[..., Readings]:
    return machine_readings


@pytest.fixture(name="scores")
def scores_factory() -> Callable[..., Scores]:
    return scores_of


@pytest.fixture(name="minute")
def minute_factory() -> Callable[[int], datetime]:
    return at_minute


@pytest.fixture(scope="session")
def model() -> FittedModel:
    return fit(machine_readings(3000))
