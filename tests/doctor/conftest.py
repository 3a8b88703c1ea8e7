"""One whole deployment of real processes; a test takes something from it and gives it back."""

from collections.abc import Iterator

import pytest
from support.chaos.stack import Stack, whole_stack


@pytest.fixture(scope="session")
def deployment() -> Iterator[Stack]:
    with whole_stack() as stack:
        stack.new_key()
        yield stack
