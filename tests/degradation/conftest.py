"""The whole service on private servers, started once; after each test everything that was taken away is back."""

from collections.abc import Iterator

import pytest
from eventual import eventually
from support.chaos.flights import Ledger, Traffic
from support.chaos.rest import Rest
from support.chaos.rounds import Field, prepare
from support.chaos.stack import Stack, whole_stack
from watched_scheduler import Watched, watch

WINDOWS = 24  # an hour that is over, and one in which these tests end


@pytest.fixture(scope="session")
def field() -> Iterator[Field]:
    """Models are trained, and it is known what an undisturbed run gives."""
    with whole_stack() as stack:
        yield prepare(stack, stack.new_key(), WINDOWS)


@pytest.fixture(scope="session")
def watched(field: Field) -> Watched:
    """A scheduler with input files, results and collected predictions, which nobody changes."""
    return watch(field)


@pytest.fixture
def stack(field: Field, watched: Watched) -> Iterator[Stack]:
    """What a test may take pieces out of."""
    yield field.stack
    field.stack.mend()
    rest = Rest(field.stack.settings.facade_port)
    eventually(lambda: (answer := rest.get("/readyz")).status == 200 and not answer.json["degraded"])


@pytest.fixture
def rest(field: Field) -> Rest:
    """A caller who may do everything, and who is never kept waiting for longer than is promised."""
    caller = Rest(field.stack.settings.facade_port, field.credentials)
    eventually(lambda: caller.get("/v1/models").status == 200)
    return caller


@pytest.fixture
def traffic(rest: Rest) -> Traffic:
    return Traffic(rest, Ledger())


@pytest.fixture
def own(stack: Stack, traffic: Traffic, unique: str) -> Iterator[str]:
    """A scheduler of this test alone: it runs, and has no data."""
    name = f"own-{unique}"
    traffic.create(name, "model-b")
    assert not traffic.ledger.refused
    yield name
    stack.mend()
    traffic.delete(name)
