"""A facade and an engine of real processes over real neighbours, with a trained model and a key: what users have.

`live` is one for all tests that want it: each uses names of its own, and leaves it running. `tests/spreading.py` keeps
these tests in one process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_machine import csv_files, make_dataset, put_training_files, start_ingestion
from engine_processes import EngineProcesses, wait_until
from trace_collector import Collector, collecting
from wsgi_seam import equipment_client

from service.commands import health_url
from service.embedded.postgres import make_database
from service.embedded.probe import answers_http
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
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
    processes: EngineProcesses
    equipment: Any

    def table(self, component: str) -> str:
        """Half an hour of readings as CSV."""
        return csv_files(self.day, self.day + timedelta(minutes=30))[component]


@dataclass(frozen=True)
class Neighbours:
    """The servers that all tests have."""

    valkey_url: str
    postgres_sockets: Path
    templates: dict[str, str]
    s3: Any
    s3_endpoint_url: str


@pytest.fixture(scope="session")
def neighbours(
    valkey_url: str, postgres_sockets: Path, migrated_databases: dict[str, str], s3: Any, s3_endpoint_url: str
) -> Neighbours:
    return Neighbours(valkey_url, postgres_sockets, migrated_databases, s3, s3_endpoint_url)


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Where the processes of `live` send their spans."""
    with collecting() as one:
        yield one


@pytest.fixture(scope="session")
def live(
    neighbours: Neighbours,
    free_port: Callable[[], int],
    collector: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Live]:
    traced = {"otlp_endpoint": collector.url, "otlp_headers": "authorization=Bearer%20for-the-collector"}
    logs = tmp_path_factory.mktemp("live")
    with live_of_its_own(neighbours, "live", 15, logs, free_port, **traced) as live:
        yield live


@contextmanager
def live_of_its_own(
    neighbours: Neighbours,
    name: str,
    redis_database: int,
    folder: Path,
    free_port: Callable[[], int],
    **changed: str,
) -> Iterator[Live]:
    """`running_live` with databases and buckets after its name, and with some settings changed."""
    s3, bucket = neighbours.s3, f"{name}-data"
    settings = _own_settings(neighbours, name, redis_database, folder, free_port)
    for one in (settings.staging_bucket, settings.engine_bucket, bucket):
        s3.create_bucket(Bucket=one)
    client = equipment_client(settings.aws_region, endpoint_url=settings.lookoutequipment_endpoint_url)
    engine = EngineProcesses(replace(settings, **changed), folder)
    try:
        with running_live(engine, client, s3, bucket) as live:
            yield live
    finally:
        engine.stop()


def _own_settings(
    neighbours: Neighbours, name: str, redis_database: int, folder: Path, free_port: Callable[[], int]
) -> Settings:
    databases = {
        f"{house}_database_url": make_database(neighbours.postgres_sockets, f"{name}_{house}", template)
        for house, template in neighbours.templates.items()
    }
    engine_port = free_port()
    return Settings(
        redis_url=neighbours.valkey_url.replace("db=0", f"db={redis_database}"),
        s3_endpoint_url=neighbours.s3_endpoint_url,
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(folder),
        facade_port=free_port(),
        engine_port=engine_port,
        staging_bucket=f"{name}-staging",
        engine_bucket=f"{name}-engine",
        **databases,
    )


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
    work.database.dispose()

    def train(model: str) -> None:
        equipment.create_model(ModelName=model, DatasetName="plant")
        version = equipment.describe_model(ModelName=model)["ModelArn"].rpartition("/")[2] + "/1"
        run_training(work, version)
        work.database.dispose()

    address = health_url(settings, "facade").removesuffix("/healthz")
    yield Live(settings, address, new_live_key(settings), bucket, day, train, engine, equipment)


def new_live_key(settings: Settings, team: str = "default") -> str:
    """A key of a team that opens everything of it."""
    database = connect(settings.facade_database_url, connections=1)
    wanted = NewKey(team=team, scopes=("admin",), name="live", lifetime=timedelta(days=1))
    _, text = create_key(database, wanted, "cli:tests", datetime.now(UTC))
    database.close()
    return text
