"""/healthz and /readyz"""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text

from service.facade.aws.clients import connect_s3, connect_upstream
from service.facade.aws.schedulers import SchedulerGateway
from service.facade.problems import DatabaseUnavailable
from service.facade.store import heartbeats
from service.facade.store.database import connect
from service.facade.usecases import health
from service.revisions import known_revisions


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


@pytest.fixture
def beat(resources):
    """`beat(ago)`: a worker was alive so long ago, and none later."""

    def record(ago: timedelta = timedelta()) -> None:
        with resources.database.begin() as db:
            heartbeats.take_leave(db, "worker@test")
            heartbeats.beat(db, "worker@test", "1", resources.clock(), resources.clock() - ago)

    yield record
    with resources.database.begin() as db:
        heartbeats.take_leave(db, "worker@test")


def test_everything_there_is_ready(client, beat):
    beat()

    response = client.get("/readyz")

    assert (response.status_code, response.json["ready"], response.json["degraded"]) == (200, True, False)
    assert {name: check["status"] for name, check in response.json["checks"].items()} == {
        "database": "ok",
        "redis": "ok",
        "upstream": "ok",
        "staging_bucket": "ok",
        "migrations": "ok",
        "worker": "ok",
    }


def not_ready(client, neighbour: str) -> str:
    response = client.get("/readyz")
    assert (response.status_code, response.json["ready"]) == (503, False)
    failed = {name: check["reason"] for name, check in response.json["checks"].items() if check["status"] == "failed"}
    assert [name for name in failed if name != "worker"] == [neighbour]
    return failed[neighbour]


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


def test_what_the_database_would_tell_is_not_known_without_it(using):
    checks = using(database=connect("postgresql:///facade?host=/nowhere", connections=1)).get("/readyz").json["checks"]

    assert {name for name, check in checks.items() if check["status"] == "unknown"} == {"migrations", "worker"}


def test_without_a_worker_it_is_ready_but_degraded_and_says_since_when(client, beat):
    beat(timedelta(minutes=2))

    response = client.get("/readyz")

    assert (response.status_code, response.json["ready"], response.json["degraded"]) == (200, True, True)
    worker = response.json["checks"]["worker"]
    assert (worker["status"], worker["needed"]) == ("failed", False)
    assert "120 seconds" in worker["reason"]
    assert "lookout run facade-worker" in worker["reason"]


def test_tables_that_are_older_than_the_code_keep_it_from_being_ready(using, database_at):
    older = known_revisions("facade")[-2]

    reason = not_ready(using(database=database_at(older)), "migrations")

    assert f"is at {older}" in reason
    assert "lookout migrate" in reason


def test_a_database_without_tables_is_named(using, database_at):
    assert "no tables" in not_ready(using(database=database_at(None)), "migrations")


def test_tables_that_are_not_what_their_revision_says_are_no_500(using, database_at):
    database = database_at(known_revisions("facade")[-1])
    with database.begin() as db:
        db.execute(text("DROP TABLE worker_heartbeats"))

    assert "ProgrammingError" in not_ready(using(database=database), "database")


def test_tables_that_are_newer_than_the_code_degrade_it_only(using, database_at):
    response = using(database=database_at("9999")).get("/readyz")

    assert (response.status_code, response.json["degraded"]) == (200, True)
    assert "9999" in response.json["checks"]["migrations"]["reason"]


@pytest.fixture
def database_at(fresh_facade_database_url) -> Iterator:
    """A database that says it is at some revision."""
    database = connect(fresh_facade_database_url, connections=2)

    def at(revision: str | None):
        with database.begin() as db:
            if revision is None:
                db.execute(text("DROP TABLE alembic_version"))
            else:
                db.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        return database

    yield at
    database.close()


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

    def begin(self) -> None:
        self.asked += 1
        self.over.wait(30)
        raise DatabaseUnavailable


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
