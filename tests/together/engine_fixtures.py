"""Fixtures: an engine of real processes, and a client of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_processes import EngineProcesses
from wsgi_seam import equipment_client

from service.settings import Settings


@pytest.fixture
def engine(
    settings: Settings, fresh_engine_database_url: str, unique: str, tmp_path: Path
) -> Iterator[EngineProcesses]:
    """An engine with a database and a queue of its own (14 and 15 belong to the stacks that stay); nothing is started
    yet."""
    number = int(unique.lstrip("t")) % 13 + 1
    own = replace(
        settings,
        engine_database_url=fresh_engine_database_url,
        redis_url=settings.redis_url.replace("db=0", f"db={number}"),
    )
    processes = EngineProcesses(own, tmp_path)
    yield processes
    processes.stop()


@pytest.fixture
def equipment(engine: EngineProcesses) -> Any:
    """A boto3 client of that engine over its socket, with our own operations."""
    return equipment_client(engine.settings.aws_region, endpoint_url=engine.settings.lookoutequipment_endpoint_url)
