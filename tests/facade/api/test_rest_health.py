"""/healthz and /readyz"""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from service.facade.aws.clients import connect_s3, connect_upstream
from service.facade.aws.schedulers import SchedulerGateway
from service.facade.store.database import connect
from service.facade.usecases import health


@pytest.fixture
def using(app, resources):
    """Serve with some resources exchanged."""

    def exchange(**changes):
        app.extensions["lookout"] = replace(resources, **changes)
        return app.test_client()

    return exchange


def test_a_process_that_answers_is_alive_whatever_is_missing(using, upstream):
    upstream.away = True
    client = using(database=connect("postgresql:///facade?host=/nowhere", connections=1))

    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})


def test_everything_there_is_ready(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json["ready"], response.json["degraded"]) == (200, True, False)
    assert {name: check["status"] for name, check in response.json["checks"].items()} == {
        "database": "ok",
        "redis": "ok",
        "upstream": "ok",
        "staging_bucket": "ok",
    }


def not_ready(client, neighbour: str) -> str:
    response = client.get("/readyz")
    assert (response.status_code, response.json["ready"]) == (503, False)
    failed = {name: check for name, check in response.json["checks"].items() if check["status"] == "failed"}
    assert list(failed) == [neighbour]
    return failed[neighbour]["reason"]


def test_without_the_engine_it_is_not_ready(client, upstream):
    upstream.away = True

    assert not_ready(client, "upstream")


def test_without_the_database_it_is_not_ready(using):
    assert "PostgreSQL" in not_ready(
        using(database=connect("postgresql:///facade?host=/nowhere", connections=1)), "database"
    )


def test_without_the_staging_bucket_it_is_not_ready_and_names_it(using, resources):
    client = using(
        buckets=replace(resources.buckets, staging_bucket="no-such-bucket"),
        settings=replace(resources.settings, staging_bucket="no-such-bucket"),
    )

    assert "no-such-bucket" in not_ready(client, "staging_bucket")


def test_the_staging_bucket_is_made_where_it_is_missing(resources, unique):
    buckets = replace(resources.buckets, staging_bucket=f"made-{unique}")

    buckets.ensure_staging()
    buckets.ensure_staging()

    buckets.check(f"made-{unique}")


@pytest.fixture
def silent_url() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class SilentDatabase:
    """Counts who asks, and keeps them waiting until the test is over."""

    def __init__(self) -> None:
        self.asked = 0
        self.over = Event()

    def ping(self) -> None:
        self.asked += 1
        self.over.wait(30)


@pytest.fixture
def silent_database() -> Iterator[SilentDatabase]:
    database = SilentDatabase()
    yield database
    database.over.set()


def test_when_everything_hangs_it_says_so_within_three_seconds(using, resources, settings, silent_url, silent_database):
    silent = replace(settings, lookoutequipment_endpoint_url=silent_url, s3_endpoint_url=silent_url)
    client = using(
        schedulers=SchedulerGateway(connect_upstream(silent)),
        buckets=replace(resources.buckets, quick=connect_s3(silent)),
        database=silent_database,
    )
    began = time.monotonic()

    response = client.get("/readyz")

    assert time.monotonic() - began < 3
    failed = {name for name, check in response.json["checks"].items() if check["status"] == "failed"}
    assert (response.status_code, failed) == (503, {"database", "upstream", "staging_bucket"})
    assert "No answer" in response.json["checks"]["database"]["reason"]


def test_a_neighbour_that_hangs_is_not_asked_by_more_and_more_threads(using, silent_database, monkeypatch):
    monkeypatch.setattr(health, "_PATIENCE_SECONDS", 0.05)
    client = using(database=silent_database, unanswered={})

    for _ in range(5):
        assert client.get("/readyz").status_code == 503

    assert silent_database.asked == 1
