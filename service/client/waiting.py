"""Waiting for what was begun, until it has ended."""

from collections.abc import Callable
from typing import Any

from service.client.session import Session

_ENDED = {"succeeded", "failed", "cancelled"}
_STEP_SECONDS = 5  # the service answers sooner when it ends sooner
Progress = Callable[[dict[str, Any]], tuple[int, int | None]]


def until_ended(session: Session, what: str, path: str, begun: dict[str, Any], how_far: Progress) -> dict[str, Any]:
    """The thing at `path` when it has ended, however long that takes; `begun` is how it was seen last.

    Ctrl-C ends the waiting, not the thing.
    """
    step = _STEP_SECONDS if not session.screen.err.is_terminal else 1
    try:
        with session.screen.progress(what) as tell:
            while begun["status"] not in _ENDED:
                tell(*how_far(begun))
                begun = session.rest.get(path, wait=step)
    except KeyboardInterrupt:
        session.screen.note(f"{what} goes on without you; GET {path} says how far it is.")
        raise
    return begun


def no_steps(_: dict[str, Any]) -> tuple[int, None]:
    """For what has no measure of how far it is."""
    return 0, None
