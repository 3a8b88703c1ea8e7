"""The commands on the REST API, run in this process: against a service of real processes, or one that has a script."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from scripted_service import Script, scripted_service
from support.chaos import plant
from support.chaos.plant import Plant, Sheet, last_boundary
from support.chaos.stack import Stack

from service.cli import main


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Lookout = Callable[..., Ended]


@pytest.fixture
def run(capsys: pytest.CaptureFixture) -> Lookout:
    """`run("schedulers", "list")`; a mistake on the command line is exit code 2 as in a shell."""

    def command(*words: str) -> Ended:
        capsys.readouterr()
        try:
            code = main([*words])
        except SystemExit as ended:
            code = ended.code
        return Ended(code, *capsys.readouterr())

    return command


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A service with a script, which commands find by the settings; nobody waits for it."""
    for module in ("rest", "following", "waiting"):
        monkeypatch.setattr(f"service.client.{module}.sleep", lambda _: None)
    with scripted_service() as scripted:
        monkeypatch.setenv("LOOKOUT_API_URL", scripted.address)
        monkeypatch.setenv("LOOKOUT_API_KEY", "lk_scripted")
        yield scripted


@pytest.fixture(scope="session")
def trained(deployment: Stack) -> Sheet:
    """A model has been trained in the deployment; readings that it can score."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(plant, "MODELS", ("model-a",))
        base = last_boundary() - 12 * plant.WINDOW
        Plant(deployment.straight).train(base)
    return Sheet(base, 6)


@pytest.fixture(scope="session")
def key(deployment: Stack) -> str:
    return deployment.new_key()["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def lookout(run: Lookout, deployment: Stack, key: str, monkeypatch: pytest.MonkeyPatch) -> Lookout:
    """Commands on the service of real processes, with a key that may do everything."""
    monkeypatch.setenv("LOOKOUT_API_URL", f"http://127.0.0.1:{deployment.settings.facade_port}/v1")
    monkeypatch.setenv("LOOKOUT_API_KEY", key)
    return run
