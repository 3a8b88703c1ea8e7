"""The facade over real PostgreSQL, Valkey and S3, with a small engine at the wire and a queue the test can empty."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from botocore.client import BaseClient
from flask import Flask
from flask.testing import FlaskClient
from keyed import client_holding, new_key
from nudges import Nudges
from own_processes import over_http
from stub_upstream import StubUpstream
from wsgi_seam import served

from service.embedded.program import running
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.facade.api.base import EXTENSION
from service.facade.app import bare_app
from service.facade.aws.clients import connect_s3
from service.facade.domain.access import SCOPES
from service.facade.resources import Resources, join
from service.settings import Settings


@pytest.fixture
def upstream() -> StubUpstream:
    return StubUpstream()


@pytest.fixture
def queue() -> Nudges:
    return Nudges()


@pytest.fixture(scope="session")
def facade_s3(s3_endpoint_url: str) -> BaseClient:
    """The facade's S3 client, made once: it takes longer than most tests."""
    return connect_s3(
        Settings(
            s3_endpoint_url=s3_endpoint_url, aws_access_key_id=DEFAULT_KEY_ID, aws_secret_access_key=DEFAULT_SECRET
        )
    )


@pytest.fixture
def resources(
    settings: Settings, upstream: StubUpstream, queue: Nudges, facade_s3: BaseClient, monkeypatch
) -> Iterator[Resources]:
    monkeypatch.setattr("service.facade.aws.buckets.connect_s3", lambda *_: facade_s3)
    joined = join(settings, queue)
    upstream.behind(joined)
    forget_callers(joined)
    yield joined
    joined.close()


def forget_callers(resources: Resources) -> None:
    """Callers without a key are counted by their address, which is one for all tests: each begins with none."""
    for rate in resources.rate_limits.rates:
        resources.cache.drop(f"facade:rate:address:127.0.0.1:{rate.amount}/{rate.seconds}")


@pytest.fixture
def own_settings(
    settings: Settings, session_folder: Path, unique: str, upstream: StubUpstream, fresh_facade_database_url: str
) -> Iterator[Settings]:
    """A queue and a database that only the processes of this test look at."""
    folder = session_folder / f"own-{unique}"
    log = session_folder / f"own-{unique}.log"
    with running(valkey_program(folder, folder), log), served(over_http(upstream)) as url:
        yield replace(
            settings,
            redis_url=url_of_valkey(folder),
            facade_database_url=fresh_facade_database_url,
            lookoutequipment_endpoint_url=url,
        )


@pytest.fixture(scope="session")
def one_app() -> Flask:
    return bare_app()


@pytest.fixture
def app(one_app: Flask, resources: Resources) -> Flask:
    """The application of `create_app`, over the resources of this test. Its own `test_client()` sends a key of the team
    `default` that may do everything."""
    one_app.extensions[EXTENSION] = resources
    one_app.test_client_class = partial(client_holding, new_key(resources))
    return one_app


@pytest.fixture
def client_of(app: Flask, resources: Resources) -> Callable[..., FlaskClient]:
    """`client_of(team, scopes)`: a client that sends a key of a team; both may be left out."""

    def make(team: str = "default", scopes: Collection[str] = SCOPES) -> FlaskClient:
        return client_holding(new_key(resources, team, scopes), app)

    return make


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the team `default` that may do everything."""
    return app.test_client()


@pytest.fixture
def name(unique: str) -> str:
    """The name of a scheduler that no other test has."""
    return f"pump-{unique}"


@pytest.fixture
def new_scheduler(name: str) -> dict:
    """A body that creates a scheduler."""
    return {
        "inference_scheduler_name": name,
        "model_name": "pump-model",
        "data_upload_frequency": "PT5M",
        "data_input_configuration": {"s3_input_configuration": {"bucket": "plant", "prefix": "in/"}},
        "data_output_configuration": {"s3_output_configuration": {"bucket": "plant", "prefix": "out/"}},
    }
