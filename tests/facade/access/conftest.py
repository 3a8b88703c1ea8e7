"""Callers without a key, and time that passes for those with one."""

import pytest
from flask.testing import FlaskClient

from service.facade.store import known_keys


@pytest.fixture
def nobody(app) -> FlaskClient:
    """A client that sends no key."""
    return FlaskClient(app, app.response_class)


@pytest.fixture
def passing(monkeypatch):
    """Let time pass for what the process remembers: `passing(seconds)`."""
    ahead = [0.0]
    real = known_keys.time.monotonic

    class Time:
        @staticmethod
        def monotonic() -> float:
            return real() + ahead[0]

    monkeypatch.setattr(known_keys, "time", Time)

    def pass_(seconds: float) -> None:
        ahead[0] += seconds

    return pass_
