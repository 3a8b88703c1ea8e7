"""Names that nothing has are compared with those there are: it takes time, so nobody can ask for it without end."""

import difflib

import pytest

from service.facade.domain.models import Component
from service.facade.domain.sensor_names import choose_sensors
from service.facade.problems import InvalidRequest
from service.facade.sensordata.columns import find_columns
from service.facade.sensordata.faults import Faults

SENSORS = tuple(f"sensor_{number:04}" for number in range(1000))
STRANGERS = [f"senzor_{number:04}" for number in range(2000)]
WIDE = (Component(component_name="plant", timestamp_column="Timestamp", sensors=SENSORS),)


@pytest.fixture
def compared(monkeypatch) -> list[str]:
    """Every name that was compared."""
    seen: list[str] = []

    def compare(name: str, *arguments, **options):
        seen.append(name)
        return difflib.get_close_matches(name, list(arguments[0])[:10], **options)

    for room in ("sensordata.known_sensors", "domain.sensor_names"):
        monkeypatch.setattr(f"service.facade.{room}.get_close_matches", compare)
    return seen


def test_a_header_of_strangers_is_compared_a_few_times(compared):
    faults = Faults("data.csv")
    find_columns(["time", *STRANGERS], WIDE, faults)

    assert "Did you mean sensor_0000" in faults.listed[0]["detail"]
    assert faults.total == len(STRANGERS)
    assert 1 <= len(compared) <= 10


def test_sensors_to_show_are_compared_a_few_times(compared):
    with pytest.raises(InvalidRequest) as refusal:
        choose_sensors(STRANGERS, [f"plant\\{sensor}" for sensor in SENSORS])

    assert len(refusal.value.errors) == len(STRANGERS)
    assert 1 <= len(compared) <= 10
