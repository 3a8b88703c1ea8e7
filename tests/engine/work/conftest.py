"""An engine of this folder's own: its database is emptied before every test, for the tick looks at all of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_world import Clock
from plant import Plant, plant_of
from sqlalchemy import Engine, delete

from service.embedded.postgres import make_database
from service.engine.objects import ObjectStore, open_objects
from service.engine.resources import RememberingQueue, Resources
from service.engine.store.database import open_database
from service.engine.store.tables import metadata
from service.settings import Settings

EMPTIES = "; ".join(str(delete(table)) for table in reversed(metadata.sorted_tables))


@pytest.fixture(scope="session")
def work_database_url(postgres_sockets: Path, migrated_databases: dict[str, str]) -> str:
    return make_database(postgres_sockets, "work", migrated_databases["engine"])


@pytest.fixture(scope="session")
def pooled_work_database(work_database_url: str) -> Iterator[Engine]:
    database = open_database(work_database_url, pool_size=4)
    yield database
    database.dispose()


@pytest.fixture
def work_database(pooled_work_database: Engine) -> Engine:
    with pooled_work_database.begin() as connection:
        connection.exec_driver_sql(EMPTIES)
    return pooled_work_database


@pytest.fixture(scope="session")
def work_objects(s3_endpoint_url: str, s3: Any) -> ObjectStore:
    s3.create_bucket(Bucket="engine-at-work")
    return open_objects(work_settings(s3_endpoint_url))


def work_settings(s3_endpoint_url: str) -> Settings:
    return Settings(
        s3_endpoint_url=s3_endpoint_url,
        aws_access_key_id="lookout",
        aws_secret_access_key="lookout-embedded",
        engine_account_id="123456789012",
        engine_bucket="engine-at-work",
    )


@pytest.fixture
def work_resources(work_database: Engine, work_objects: ObjectStore, s3_endpoint_url: str) -> Resources:
    return Resources(
        settings=work_settings(s3_endpoint_url),
        database=work_database,
        objects=work_objects,
        queue=RememberingQueue(),
        clock=Clock(),
    )


@pytest.fixture
def plant(work_resources: Resources, s3: Any, bucket: str, unique: str) -> Plant:
    return plant_of(work_resources, s3, bucket, f"test-{unique}")


@pytest.fixture
def plant_without_catch_up(work_resources: Resources, s3: Any, bucket: str, unique: str) -> Plant:
    """An engine that runs no missed windows but the newest."""
    settings = replace(work_resources.settings, catch_up_hours=0.0)
    return plant_of(replace(work_resources, settings=settings), s3, bucket, f"test-{unique}")
