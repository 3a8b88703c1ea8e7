"""Keys for callers in tests, and clients that send them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from service.facade.api.base import EXTENSION
from service.facade.domain.access import SCOPES
from service.facade.domain.keys import digest_of
from service.facade.resources import Resources
from service.facade.usecases.keys import NewKey, create_key


def new_key(
    resources: Resources,
    team: str = "default",
    scopes: Collection[str] = SCOPES,
    name: str = "test",
    lifetime: timedelta | None = timedelta(days=1),
) -> str:
    """A key that was made now and that `resources` has seen, so that using it costs no look-up at first."""
    wanted = NewKey(team=team, scopes=tuple(scopes), name=name, lifetime=lifetime)
    _, text = create_key(resources.database, wanted, "cli:tests", datetime.now(UTC))
    resources.known_keys.find(digest_of(text), resources.clock())
    return text


def client_holding(key: str, app: Flask, response_class: Any = None, **options: Any) -> FlaskClient:
    """A client of the application that sends this key."""
    client = FlaskClient(app, response_class or app.response_class, **options)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def client_over(resources: Resources, app: Flask) -> FlaskClient:
    """A client of the team `default` that may do everything; the application has these resources from now on."""
    app.extensions[EXTENSION] = resources
    return client_holding(new_key(resources), app)


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {key}"}
