"""A small model schema, and short ways to read tables against it."""

from collections.abc import Callable

import pytest

from service.facade.domain.models import Component
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.reading import Table, open_table

PUMP = Component(component_name="pump", timestamp_column="Timestamp", sensors=("flow", "pressure", "temp"))
MOTOR = Component(component_name="motor", timestamp_column="Timestamp", sensors=("speed", "temp"))


@pytest.fixture(scope="session")
def schema() -> tuple[Component, ...]:
    return PUMP, MOTOR


@pytest.fixture(scope="session")
def opened(schema) -> Callable[..., Table]:
    """Opens a table given as text or bytes, or as a list of blocks of bytes."""

    def open_it(content, *, faults=None, **options) -> Table:
        blocks = content if isinstance(content, list) else [content.encode() if isinstance(content, str) else content]
        return open_table(blocks, schema, faults or Faults("data.csv"), **options)

    return open_it


@pytest.fixture(scope="session")
def faults_of(opened) -> Callable[..., Faults]:
    """Everything that is wrong with the rows of a table."""

    def read_it(content, **options) -> Faults:
        faults = Faults("data.csv")
        for _ in opened(content, faults=faults, **options).chunks:
            pass
        return faults

    return read_it
