"""Waiting for what was begun, until it has ended."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic, sleep
from typing import Any

from service.client.session import Session

_ENDED = {"succeeded", "failed", "cancelled"}
_STEP_SECONDS = 5  # the service answers sooner when it ends sooner, or when too many wait already
_LEAST_SECONDS = 0.3
Progress = Callable[[dict[str, Any]], tuple[int, int | None]]


def until_ended(session: Session, what: str, path: str, begun: dict[str, Any], how_far: Progress) -> dict[str, Any]:
    """The thing at `path` when it has ended, however long that takes; `begun` is how it was seen last.

    Ctrl-C ends the waiting, not the thing.
    """
    step = 1 if session.screen.err.is_terminal else _STEP_SECONDS
    rest = replace(session.rest, was_there=True)
    try:
        with session.screen.progress(what) as tell:
            while begun["status"] not in _ENDED:
                tell(*how_far(begun))
                asked = monotonic()
                begun = rest.get(path, wait=step)
                if begun["status"] not in _ENDED:
                    sleep(max(0.0, _LEAST_SECONDS - (monotonic() - asked)))
    except KeyboardInterrupt:
        session.screen.note(f"{what} goes on without you; GET {path} says how far it is.")
        raise
    return begun


def no_steps(_: dict[str, Any]) -> tuple[int, None]:
    """For what has no measure of how far it is."""
    return 0, None
