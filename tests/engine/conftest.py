"""The engine under test: its database, clock and queue, and a boto3 client in process and over a socket."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_world import Clock, World
from sqlalchemy import Engine
from wsgi_seam import equipment_client, led_in_process, served

from service.embedded.postgres import make_database
from service.engine.app import create_app
from service.engine.objects import ObjectStore, open_objects
from service.engine.resources import RememberingQueue, Resources
from service.engine.store.database import open_database
from service.settings import Settings


@pytest.fixture(scope="session")
def operations_database(postgres_sockets: Path, migrated_databases: dict[str, str]) -> Iterator[Engine]:
    """A database that no tick and no worker looks at; tests keep apart by regions of their own."""
    database = open_database(make_database(postgres_sockets, "operations", migrated_databases["engine"]), pool_size=4)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def engine_settings() -> Settings:
    return Settings(
        aws_access_key_id="lookout", aws_secret_access_key="lookout-embedded", engine_account_id="123456789012"
    )


@pytest.fixture(scope="session")
def unused_objects(engine_settings: Settings) -> ObjectStore:
    """Operations never touch S3."""
    return open_objects(engine_settings)


@pytest.fixture
def engine_resources(operations_database: Engine, engine_settings: Settings, unused_objects: ObjectStore) -> Resources:
    return Resources(
        settings=engine_settings,
        database=operations_database,
        objects=unused_objects,
        queue=RememberingQueue(),
        clock=Clock(),
    )


@pytest.fixture(params=["in process", "over a socket"])
def seam(request: pytest.FixtureRequest) -> str:
    """How the client reaches the engine; a test that asks for it runs both ways."""
    return request.param


@pytest.fixture
def world(engine_resources: Resources, unique: str) -> World:
    """The engine in process, seen through boto3."""
    app = create_app(engine_resources.settings, engine_resources)
    region = f"test-{unique}"
    return World(led_in_process(equipment_client(region), app), engine_resources, region)


@pytest.fixture
def world_both_ways(engine_resources: Resources, unique: str, seam: str) -> Iterator[World]:
    """The engine seen through boto3, in process and over a socket."""
    app = create_app(engine_resources.settings, engine_resources)
    region = f"test-{unique}"
    if seam == "in process":
        yield World(led_in_process(equipment_client(region), app), engine_resources, region)
        return
    with served(app) as url:
        yield World(equipment_client(region, endpoint_url=url), engine_resources, region)


@pytest.fixture
def client(world: World) -> Any:
    return world.client
