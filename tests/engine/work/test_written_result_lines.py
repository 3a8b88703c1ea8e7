"""results.jsonl of a large model, as a client of old reads it: line by line, with `eval`."""

from datetime import timedelta

import numpy as np
import pytest
from plant import at

from service.engine.detection import Readings, fit
from service.engine.scheduling.windows import Window
from service.engine.work.bucket.trained_models import TrainedModel
from service.engine.work.inference.scoring import ScoredWindow, score_window

SENSORS = {
    f"component-{number:02}": tuple(f"Sensor{place}" for place in range(5 + (number < 2))) for number in range(24)
}
NAMES = tuple(f"{component}\\{sensor}" for component, sensors in SENSORS.items() for sensor in sensors)
WINDOW = Window(at("2026-03-01T13:00"), at("2026-03-01T13:05"))


def table(start: str, rows: int) -> Readings:
    times = np.datetime64(start, "ns") + np.arange(1, rows + 1) * np.timedelta64(1, "m")
    noise = np.random.default_rng(rows).normal(size=(rows, len(NAMES)))
    return Readings(times, np.sin(np.arange(rows) / 90)[:, None] * np.arange(1, len(NAMES) + 1) / 10 + noise, NAMES)


@pytest.fixture(scope="module")
def trained() -> TrainedModel:
    """Of as few rows as are enough."""
    fitted = fit(table("2026-02-01", 100))
    return TrainedModel(1, SENSORS, None, None, fitted, timedelta(minutes=1))


def scored(trained: TrainedModel, change) -> ScoredWindow:
    whole = table("2026-03-01T13:00", 5)
    change(whole.values)
    parts = [whole.of_sensors([f"{name}\\{sensor}" for sensor in sensors]) for name, sensors in SENSORS.items()]
    return score_window(trained, parts, WINDOW)


def leave(values: np.ndarray) -> None:
    """The window as it is."""


def break_one(values: np.ndarray) -> None:
    values[:, 7] = 1e300


def lose_all(values: np.ndarray) -> None:
    values[:] = np.nan


@pytest.mark.parametrize("change", [leave, break_one, lose_all])
def test_every_line_of_122_sensors_can_be_evaluated_and_its_shares_sum_to_one(trained, change):
    assert len(NAMES) == 122
    lines = [eval(line, {"__builtins__": {}}) for line in scored(trained, change).lines.decode().splitlines()]
    assert [line["timestamp"][14:16] for line in lines] == ["01", "02", "03", "04", "05"]
    for line in lines:
        shares = [share["value"] for share in line["diagnostics"]]
        assert [share["name"] for share in line["diagnostics"]] == list(NAMES)
        assert (round(sum(shares), 5), min(shares) >= 0) == (1, True)
        assert 0 <= line["anomaly_score"] < 1


def test_the_sensor_that_broke_has_the_largest_share(trained):
    (part,) = scored(trained, break_one).parts
    assert max(part.diagnostics, key=lambda share: share["value"])["name"] == NAMES[7]
