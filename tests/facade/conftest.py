"""The facade over real PostgreSQL, Valkey and S3, with a small engine at the wire and a queue the test can empty."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nudges import Nudges
from stub_upstream import StubUpstream

from service.facade.app import create_app
from service.facade.resources import Resources, join
from service.settings import Settings


@pytest.fixture
def upstream() -> StubUpstream:
    return StubUpstream()


@pytest.fixture
def queue() -> Nudges:
    return Nudges()


@pytest.fixture
def resources(settings: Settings, upstream: StubUpstream, queue: Nudges) -> Iterator[Resources]:
    joined = join(settings, queue)
    joined.schedulers.client.meta.events.register("before-send.lookoutequipment", upstream)
    yield joined
    joined.close()


@pytest.fixture
def app(settings: Settings, resources: Resources) -> Flask:
    return create_app(settings, resources)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
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
