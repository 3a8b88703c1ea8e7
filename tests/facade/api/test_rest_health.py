"""/healthz and /readyz"""

from dataclasses import replace

import pytest

from service.facade.aws.buckets import Buckets
from service.facade.store.database import connect


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
        buckets=Buckets(resources.buckets.client, "no-such-bucket"),
        settings=replace(resources.settings, staging_bucket="no-such-bucket"),
    )

    assert "no-such-bucket" in not_ready(client, "staging_bucket")


def test_the_staging_bucket_is_made_where_it_is_missing(resources, unique):
    buckets = Buckets(resources.buckets.client, f"made-{unique}")

    buckets.ensure_staging()
    buckets.ensure_staging()

    buckets.check(f"made-{unique}")
