"""An import through real processes: its worker is killed in the midst, and the next one goes on."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import pytest
from keyed import client_holding, new_key
from test_worker_process import over_http
from wsgi_seam import served

from service.commands import commands
from service.embedded.program import Program, running
from service.embedded.valkey import valkey_program, valkey_url
from service.facade.app import create_app
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.settings import Settings

OBJECTS = 450


@pytest.fixture
def settings(
    settings: Settings, session_folder: Path, unique: str, upstream, fresh_facade_database_url: str
) -> Iterator[Settings]:
    """A queue and a database that only the worker of this test looks at."""
    folder = session_folder / f"import-{unique}"
    log = session_folder / f"import-{unique}.log"
    with running(valkey_program(folder, folder), log), served(over_http(upstream)) as url:
        yield replace(
            settings,
            redis_url=valkey_url(folder),
            facade_database_url=fresh_facade_database_url,
            lookoutequipment_endpoint_url=url,
        )


@pytest.fixture
def client(settings: Settings) -> Iterator:
    resources = join(settings, connect_queue(settings))
    yield client_holding(new_key(resources), create_app(settings, resources))
    resources.close()


@contextmanager
def worker(settings: Settings, log: Path) -> Iterator[Popen]:
    program = Program(
        name="facade-worker",
        command=commands(settings)["facade-worker"],
        environment={**os.environ, **settings.environment()},
        ready=lambda: True,
    )
    with running(program, log) as started:
        yield started


def until(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not in a minute; the worker wrote:\n{log.read_text()[-5000:]}")
        time.sleep(0.01)


def test_an_import_survives_the_sigkill_of_its_worker(settings, client, archive, name, bucket, tmp_path):
    archive.put_many(range(OBJECTS))
    log = tmp_path / "worker.log"
    body = {"bucket": bucket, "prefix": archive.prefix}
    address = client.post(f"/v1/schedulers/{name}/imports", json=body).headers["Location"]

    def seen() -> dict:
        return client.get(address).json

    with worker(settings, log) as first:
        until(lambda: seen()["progress"]["objects_read"] > 0, log)
        first.kill()
        first.wait()
    half = seen()
    assert (half["status"], half["progress"]["objects_found"]) == ("running", OBJECTS)
    assert 0 < half["progress"]["objects_read"] < OBJECTS
    assert stored(client, name) == half["progress"]["rows"]
    with worker(settings, log):
        until(lambda: seen()["status"] == "succeeded", log)
    assert seen()["progress"] == {
        "objects_found": OBJECTS,
        "objects_read": OBJECTS,
        "objects_skipped": 0,
        "objects_unreadable": 0,
        "rows": OBJECTS,
    }
    assert stored(client, name) == OBJECTS


def stored(client, name: str) -> int:
    """How many predictions the scheduler has."""
    text = client.get(f"/v1/schedulers/{name}/predictions", headers={"Accept": "text/csv"}).text
    return len(text.splitlines()) - 1
