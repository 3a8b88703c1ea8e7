"""A plant under a real engine, both in this process, and the facade over it; the plant's clock is the clock of both.

All plants stand under one engine, whose database is emptied before each of them. Each has a bucket of its own.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_world import Clock
from plant import Plant, plant_of
from sqlalchemy import delete
from wsgi_seam import led_in_process

from service.embedded.postgres import make_database
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.engine.app import create_app
from service.engine.resources import RememberingQueue, join_resources
from service.engine.resources import Resources as Engine
from service.engine.store.tables import metadata
from service.facade.resources import Resources, join
from service.facade.tasks.queue import connect_queue
from service.settings import Settings


@pytest.fixture(scope="session")
def plant_settings(
    valkey_url: str,
    facade_database_url: str,
    postgres_sockets: Path,
    migrated_databases: dict[str, str],
    s3_endpoint_url: str,
    s3: Any,
) -> Settings:
    settings = Settings(
        redis_url=valkey_url,
        engine_database_url=make_database(postgres_sockets, "under_plants", migrated_databases["engine"]),
        facade_database_url=facade_database_url,
        s3_endpoint_url=s3_endpoint_url,
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        engine_bucket="engine-under-plants",
        staging_bucket="staging-of-plants",
    )
    for bucket in (settings.engine_bucket, settings.staging_bucket):
        s3.create_bucket(Bucket=bucket)
    return settings


@pytest.fixture(scope="session")
def engine_under_plants(plant_settings: Settings) -> Iterator[Engine]:
    joined = join_resources(plant_settings, RememberingQueue(), threads=4)
    yield replace(joined, clock=Clock())
    joined.database.dispose()


@pytest.fixture(scope="session")
def facade_over_plants(plant_settings: Settings, engine_under_plants: Engine) -> Iterator[Resources]:
    joined = join(plant_settings, connect_queue(plant_settings))
    for boto in vars(joined.schedulers.upstream).values():
        led_in_process(boto, create_app(plant_settings, engine_under_plants))
    yield replace(joined, clock=engine_under_plants.clock)
    joined.close()


@pytest.fixture
def plant(engine_under_plants: Engine, s3: Any, bucket: str) -> Plant:
    with engine_under_plants.database.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    engine_under_plants.queue.sent.clear()
    engine_under_plants.clock.now = Clock().now
    return plant_of(engine_under_plants, s3, bucket, engine_under_plants.settings.aws_region)


@pytest.fixture
def facade_of_plant(facade_over_plants: Resources, plant: Plant) -> Resources:
    return facade_over_plants
