"""A watched scheduler, and a client of its team whose requests are made by the same clock."""

import pytest
from flask.testing import FlaskClient
from watched_plant import WatchedPlant

from service.facade.api.base import EXTENSION


@pytest.fixture
def team(unique: str) -> str:
    return f"team-{unique}"


@pytest.fixture
def plant(resources, upstream, name: str, team: str) -> WatchedPlant:
    """Watched since noon."""
    upstream.add_scheduler(name, team=team)
    return WatchedPlant(resources, upstream, name, team).watch()


@pytest.fixture
def owner(app, client_of, plant: WatchedPlant, team: str) -> FlaskClient:
    client = client_of(team)
    app.extensions[EXTENSION] = plant.resources
    return client
