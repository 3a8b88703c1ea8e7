"""An import through real processes: its worker is killed in the midst, and the next one goes on."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from keyed import client_over
from own_processes import worker

from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.settings import Settings

OBJECTS = 450


@pytest.fixture
def client(own_settings: Settings, one_app: Flask) -> Iterator:
    resources = join(own_settings, connect_queue(own_settings))
    yield client_over(resources, one_app)
    resources.close()


def until(condition: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not in a minute; the worker wrote:\n{log.read_text()[-5000:]}")
        time.sleep(0.01)


def test_an_import_survives_the_sigkill_of_its_worker(own_settings, client, archive, name, bucket, tmp_path):
    archive.put_many(range(OBJECTS))
    log = tmp_path / "worker.log"
    body = {"bucket": bucket, "prefix": archive.prefix}
    address = client.post(f"/v1/schedulers/{name}/imports", json=body).headers["Location"]

    def seen() -> dict:
        return client.get(address).json

    with worker(own_settings, log) as first:
        until(lambda: seen()["progress"]["objects_read"] > 0, log)
        first.kill()
        first.wait()
    half = seen()
    assert (half["status"], half["progress"]["objects_found"]) == ("running", OBJECTS)
    assert 0 < half["progress"]["objects_read"] < OBJECTS
    assert stored(client, name) == half["progress"]["rows"]
    with worker(own_settings, log):
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
