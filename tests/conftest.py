"""The neighbours every test may ask for: a real Valkey, PostgreSQL and S3, started once and ended with the session.

- `valkey_url`, `engine_database_url`, `facade_database_url` (migrated), `s3_endpoint_url`: one per session.
- `fresh_engine_database_url`, `fresh_facade_database_url`: an empty migrated database for one test.
- `s3` (a boto3 client), `bucket` (new for each test), `unique` (a short name nobody else has), `settings`
  (pointing at all of these, with free ports), `free_port` (a function).
- `deployment`: all processes on servers of their own, with a key; whoever breaks it mends it.
- `sdk_python`: the python of the environment that holds the `lookoutequipment` package.
"""

import gc
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
import structlog
from botocore.config import Config
from playwright.sync_api import Browser, expect, sync_playwright
from seen_pages import BROWSER, CALM
from spreading import Spreading, longest_first
from support.chaos.stack import Stack, whole_stack

import service.engine  # noqa: F401 - it bounds the threads of BLAS, which has to be before anybody imports numpy
from service.embedded.postgres import make_database, postgres_program
from service.embedded.program import running
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET, s3_program, s3_url
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.migrate import MIGRATIONS, migrate_house
from service.settings import Settings

# A traceback that rich draws, with the locals of every frame, takes longer than most tests.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

REPOSITORY = Path(__file__).parents[1]
REGION = "eu-west-1"
_numbers = count(1)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading:
    return Spreading(config, log)


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: the garbage collector need not look at all of it again and again,
    which takes a seventh of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A short path (unix sockets want one) that the account of a server started by root can reach."""
    folder = Path(tempfile.mkdtemp(prefix="lookout-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests that look at pages: a thread has room for one Playwright."""
    if BROWSER is None:
        pytest.skip("no Chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=CALM)
        expect.set_options(timeout=15_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def valkey_url(session_folder: Path) -> Iterator[str]:
    sockets = session_folder / "valkey"
    with running(valkey_program(sockets, sockets), session_folder / "valkey.log"):
        yield url_of_valkey(sockets)


@pytest.fixture(scope="session")
def postgres_sockets(session_folder: Path) -> Iterator[Path]:
    """The folder that PostgreSQL's socket is in; `make_database` takes it."""
    sockets = session_folder / "pg"
    sockets.mkdir()
    program = postgres_program(session_folder / "postgres", sockets, elsewhere=session_folder, durable=False)
    with running(program, session_folder / "postgres.log"):
        yield sockets


@pytest.fixture(scope="session")
def migrated_databases(postgres_sockets: Path) -> dict[str, str]:
    """The migrated template of each house, by name; nobody connects to a template."""
    for house in ("engine", "facade"):
        url = make_database(postgres_sockets, f"{house}_template")
        if (MIGRATIONS / house / "env.py").exists():
            migrate_house(house, url)
    return {house: f"{house}_template" for house in ("engine", "facade")}


@pytest.fixture(scope="session")
def engine_database_url(postgres_sockets: Path, migrated_databases: dict[str, str]) -> str:
    return make_database(postgres_sockets, "engine", migrated_databases["engine"])


@pytest.fixture(scope="session")
def facade_database_url(postgres_sockets: Path, migrated_databases: dict[str, str]) -> str:
    return make_database(postgres_sockets, "facade", migrated_databases["facade"])


@pytest.fixture
def fresh_engine_database_url(postgres_sockets: Path, migrated_databases: dict[str, str], unique: str) -> Iterator[str]:
    yield from _fresh(postgres_sockets, migrated_databases["engine"], f"engine_{unique}")


@pytest.fixture
def fresh_facade_database_url(postgres_sockets: Path, migrated_databases: dict[str, str], unique: str) -> Iterator[str]:
    yield from _fresh(postgres_sockets, migrated_databases["facade"], f"facade_{unique}")


@pytest.fixture(scope="session")
def s3_endpoint_url(session_folder: Path) -> Iterator[str]:
    port = _free_port()
    with running(s3_program(session_folder / "s3", port), session_folder / "s3.log"):
        yield s3_url(port)


@pytest.fixture(scope="session")
def s3(s3_endpoint_url: str):
    return boto3.Session().client(
        "s3",
        endpoint_url=s3_endpoint_url,
        region_name=REGION,
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        config=Config(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            max_pool_connections=32,
        ),
    )


@pytest.fixture
def unique() -> str:
    return f"t{next(_numbers)}"


@pytest.fixture
def bucket(s3, unique: str) -> str:
    s3.create_bucket(Bucket=f"bucket-{unique}")
    return f"bucket-{unique}"


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    return _free_port


@pytest.fixture
def settings(
    valkey_url: str,
    engine_database_url: str,
    facade_database_url: str,
    s3_endpoint_url: str,
    s3,
    unique: str,
    tmp_path: Path,
) -> Settings:
    """Settings that point at the session's servers; the two buckets of our own are this test's alone."""
    engine_port = _free_port()
    chosen = Settings(
        redis_url=valkey_url,
        engine_database_url=engine_database_url,
        facade_database_url=facade_database_url,
        s3_endpoint_url=s3_endpoint_url,
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_region=REGION,
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(tmp_path),
        facade_port=_free_port(),
        engine_port=engine_port,
        staging_bucket=f"staging-{unique}",
        engine_bucket=f"engine-{unique}",
    )
    for name in (chosen.staging_bucket, chosen.engine_bucket):
        s3.create_bucket(Bucket=name)
    return chosen


@pytest.fixture(scope="session")
def deployment() -> Iterator[Stack]:
    with whole_stack() as stack:
        stack.new_key()
        yield stack


@pytest.fixture(scope="session")
def sdk_python() -> Path:
    python = REPOSITORY / ".venv-sdk" / "bin" / "python"
    if not python.exists():
        pytest.skip("no .venv-sdk here: `make test` makes it")
    return python


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _fresh(sockets: Path, template: str, name: str) -> Iterator[str]:
    yield make_database(sockets, name, template)
    with psycopg.connect(make_database(sockets, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
