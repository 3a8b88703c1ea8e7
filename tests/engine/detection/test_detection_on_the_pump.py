"""The detector on the sample machine: four weeks of training, then a fortnight and faults it has not seen."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from service.demo.pump import Fault, readings
from service.engine.detection import FittedModel, Scores, fit, readings_from_frame, score

TRAINED_FROM = datetime(2026, 8, 31, tzinfo=UTC)
TRAINED_TO = TRAINED_FROM + timedelta(days=28)

FAULTS = {
    "bearing_wear": {"pump\\vibration_drive_end", "pump\\bearing_temperature_drive_end"},
    "cavitation": {"process\\strainer_pressure_drop"},
    "valve_sticking": {"process\\valve_position"},
}


@pytest.fixture(scope="module")
def training() -> pd.DataFrame:
    return readings(TRAINED_FROM, TRAINED_TO)


@pytest.fixture(scope="module")
def pump(training) -> FittedModel:
    return fit(readings_from_frame(training.ffill()))


def scored(pump: FittedModel, frame: pd.DataFrame) -> Scores:
    return score(pump, readings_from_frame(frame.ffill()))


@pytest.mark.parametrize("weeks_later", [0, 6])
def test_at_least_95_per_cent_of_a_normal_fortnight_is_not_anomalous(pump, weeks_later):
    start = TRAINED_TO + timedelta(weeks=weeks_later)
    scores = scored(pump, readings(start, start + timedelta(days=14)))
    assert len(scores) > 19_000
    assert scores.anomalous.mean() < 0.05


@pytest.mark.parametrize("day", [3.0, 5.6])
@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_found_and_the_right_sensors_are_named(pump, kind, day):
    start = TRAINED_TO + timedelta(days=day)
    fault = Fault(kind, start, start + timedelta(hours=8))
    scores = scored(pump, readings(start, fault.end, [fault]))
    half = len(scores) // 2
    assert scores.anomalous[half:].mean() > 0.85
    blame = dict(zip(scores.sensors, scores.contributions[half:].mean(axis=0), strict=True))
    assert FAULTS[kind] <= set(sorted(blame, key=blame.get, reverse=True)[:3])


@pytest.mark.parametrize("kind", FAULTS)
def test_no_single_sensor_gives_a_fault_away(training, kind):
    lowest, highest = training.min(), training.max()
    starts = [TRAINED_TO + timedelta(days=day) for day in (3.0, 4.4, 5.6, 9.1, 11.8)]
    frames = [readings(start, start + timedelta(hours=8), [_fault(kind, start)]) for start in starts]
    outside = pd.concat([((frame < lowest) | (frame > highest)) for frame in frames]).mean()
    assert outside.max() < 0.1


def _fault(kind: str, start: datetime) -> Fault:
    return Fault(kind, start, start + timedelta(hours=8))
