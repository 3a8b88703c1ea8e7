"""A plant under a real engine, both in this process, and the facade over it; the plant's clock is the clock of both."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from engine_world import Clock
from plant import Plant, plant_of
from wsgi_seam import led_in_process

from service.engine.app import create_app
from service.engine.resources import RememberingQueue, join_resources
from service.facade.resources import Resources, join
from service.facade.tasks.queue import connect_queue


@pytest.fixture
def plant(settings, fresh_engine_database_url, s3, bucket) -> Iterator[Plant]:
    chosen = replace(settings, engine_database_url=fresh_engine_database_url)
    joined = replace(join_resources(chosen, RememberingQueue(), threads=4), clock=Clock())
    yield plant_of(joined, s3, bucket, settings.aws_region)
    joined.database.dispose()


@pytest.fixture
def facade_of_plant(settings, plant: Plant) -> Iterator[Resources]:
    joined = join(settings, connect_queue(settings))
    for boto in vars(joined.schedulers.upstream).values():
        led_in_process(boto, create_app(plant.resources.settings, plant.resources))
    yield replace(joined, clock=plant.world.clock)
    joined.close()
