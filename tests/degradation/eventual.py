"""Waiting for what comes true by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], seconds: float = 45.0) -> Seen:
    """What is seen as soon as it is true; the test fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"it did not come true in {seconds:g} seconds"
        time.sleep(0.05)
    return seen
