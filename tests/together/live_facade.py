"""A facade and an engine of real processes over real neighbours, with a trained model and a key: what users have."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_machine import csv_files, make_dataset, put_training_files, start_ingestion
from engine_processes import EngineProcesses, wait_until

from service.commands import health_url
from service.embedded.probe import answers_http
from service.engine.resources import RememberingQueue, join_resources
from service.engine.work.ingestion.ingestions import run_ingestion
from service.engine.work.training.trainings import run_training
from service.facade.store.database import connect
from service.facade.usecases.keys import NewKey, create_key
from service.settings import Settings

PROCESSES = ("engine", "engine-worker", "tick", "facade", "facade-worker")
_TRAINING = timedelta(days=2)


@dataclass(frozen=True)
class Live:
    """`address` is the facade's; `key` opens everything of the team `default`. `day` is one that was trained on."""

    settings: Settings
    address: str
    key: str
    bucket: str
    day: datetime
    train: Callable[[str], None]

    def table(self, component: str) -> str:
        """Half an hour of readings as CSV."""
        return csv_files(self.day, self.day + timedelta(minutes=30))[component]


@pytest.fixture
def live(
    engine: EngineProcesses, equipment: Any, s3: Any, bucket: str, fresh_facade_database_url: str
) -> Iterator[Live]:
    engine.settings = replace(engine.settings, facade_database_url=fresh_facade_database_url)
    with running_live(engine, equipment, s3, bucket) as live:
        yield live


@contextmanager
def running_live(engine: EngineProcesses, equipment: Any, s3: Any, bucket: str) -> Iterator[Live]:
    """The processes of both houses, and a dataset that models can be trained on."""
    engine.settings = settings = replace(engine.settings, auth="on", rate_limit="", wait_max_seconds=1.0)
    engine.start(*PROCESSES)
    engine.wait_until_healthy()
    wait_until(lambda: answers_http(health_url(settings, "facade")), "the facade does not answer")
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    put_training_files(s3, bucket, day - _TRAINING, day)
    make_dataset(equipment)
    work = join_resources(settings, RememberingQueue(), threads=4)
    run_ingestion(work, start_ingestion(equipment, bucket))

    def train(model: str) -> None:
        equipment.create_model(ModelName=model, DatasetName="plant")
        version = equipment.describe_model(ModelName=model)["ModelArn"].rpartition("/")[2] + "/1"
        run_training(work, version)

    address = health_url(settings, "facade").removesuffix("/healthz")
    yield Live(settings, address, new_live_key(settings), bucket, day, train)
    work.database.dispose()


def new_live_key(settings: Settings, team: str = "default") -> str:
    """A key of a team that opens everything of it."""
    database = connect(settings.facade_database_url, connections=1)
    wanted = NewKey(team=team, scopes=("admin",), name="live", lifetime=timedelta(days=1))
    _, text = create_key(database, wanted, "cli:tests", datetime.now(UTC))
    database.close()
    return text
