"""Limits so short that tests of what hangs wait for them."""

from collections.abc import Callable
from time import monotonic, sleep

LIMIT, SLOT = 3.0, 0.3  # seconds


def until(holds: Callable[[], object]) -> None:
    """Wait for what comes true by itself; the test fails when that takes too long."""
    deadline = monotonic() + 15
    while not holds():
        assert monotonic() < deadline
        sleep(0.02)
