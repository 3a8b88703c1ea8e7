"""A scheduler with executions that have ended, and ways to let years pass."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from plant import MINUTE, Plant, at, broken, normal
from sqlalchemy import func, insert, select

from service.engine.store import schedulers
from service.engine.store.tables import inference_executions

START = at("2026-03-01T13:00")
DAY = timedelta(days=1)
WINDOW = 5 * MINUTE


def kept_for(plant: Plant, days: int) -> Plant:
    """The same plant with another setting."""
    settings = replace(plant.resources.settings, execution_retention_days=days)
    world = replace(plant.world, resources=replace(plant.resources, settings=settings))
    return replace(plant, world=world)


@pytest.fixture
def scheduled(plant: Plant) -> Plant:
    """A scheduler that nothing has been run of; executions are kept for 30 days."""
    plant.scheduler(since="2026-03-01T13:01:00")
    return kept_for(plant, 30)


@pytest.fixture
def ran(scheduled: Plant) -> Plant:
    """Its first four windows have been run, the second with an event."""
    for number, machine in enumerate((normal, broken, normal, normal)):
        start = START + number * WINDOW
        scheduled.feed(start, start + WINDOW, machine=machine)
        scheduled.pass_time(start + WINDOW)
    return scheduled


def go_to(plant: Plant, moment: datetime) -> None:
    """Later, without a tick in between."""
    plant.world.clock.now = moment


def windows(plant: Plant, **filters: Any) -> list[int]:
    """The windows that are listed, newest first, by their number since the start."""
    return [round((one["DataStartTime"] - START) / WINDOW) for one in plant.executions(**filters)]


def recorded(plant: Plant, count: int, **columns: Any) -> None:
    """The windows before the first one, ended a year before the start."""
    with plant.resources.database.begin() as connection:
        scheduler = schedulers.find(connection, plant.world.scope, "scheduler")
        ends = [START - 365 * DAY - number * WINDOW for number in range(count)]
        values = {
            "scheduler_id": scheduler.id,
            "data_input_configuration": scheduler.data_input_configuration,
            "data_output_configuration": scheduler.data_output_configuration,
            "status": "SUCCESS",
            "created_at": START - 365 * DAY,
            "finished_at": START - 365 * DAY,
        } | columns
        rows = [
            values | {"data_start_time": end - WINDOW, "data_end_time": end, "scheduled_start_time": end}
            for end in ends
        ]
        connection.execute(insert(inference_executions), rows)


def counted(plant: Plant, table: Any = inference_executions) -> int:
    with plant.resources.database.begin() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()
