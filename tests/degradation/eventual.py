"""Waiting: for what comes true by itself, and for many answers at the same time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Asked, Seen = TypeVar("Asked"), TypeVar("Seen")


def eventually(look: Callable[[], Seen], seconds: float = 45.0) -> Seen:
    """What is seen as soon as it is true; the test fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"it did not come true in {seconds:g} seconds"
        time.sleep(0.1)
    return seen


def at_once(ask: Callable[[Asked], Seen], *asked: Asked) -> list[Seen]:
    """The answers to all of these, asked in as many threads."""
    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))
