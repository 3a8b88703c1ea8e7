from collections.abc import Callable

import pytest

from service.engine.app import create_app
from service.engine.resources import Resources


@pytest.fixture
def app(engine_resources: Resources) -> Callable:
    return create_app(engine_resources.settings, engine_resources)
