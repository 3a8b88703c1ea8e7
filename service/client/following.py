"""Predictions as they are recorded, without a gap, however often the connection is lost."""

from collections.abc import Iterator
from time import sleep
from typing import Any

from service.client.outcomes import Unavailable
from service.client.session import Session

_LONGEST_PAUSE = 15.0
_FROM_THE_START = "start"


def follow_predictions(session: Session, path: str, interval: float, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every row that is recorded, in the order of its recording; late ones and those that are scored again, too.

    With a `start_time` first those that are there. The position moves on when the rows of an answer were taken, so
    that none is left out; a service that is away is asked again and again.

    Raises:
        Unavailable: it is away from the very beginning.
    """
    position = (
        _FROM_THE_START if query["start_time"] else session.rest.get(path, limit=1, contributors=0)["recorded_after"]
    )
    while True:
        answer = _insisted(session, path, query | {"recorded_after": position})
        yield from answer["predictions"]
        position = answer["recorded_after"]
        if not answer["next"]:
            sleep(interval)


def _insisted(session: Session, path: str, query: dict[str, Any]) -> Any:
    """The answer, when it can be had."""
    pause = 1.0
    while True:
        try:
            return session.rest.get(path, **query)
        except Unavailable as error:
            if pause == 1.0:
                session.screen.note(f"{error.message} Asking again until it answers.")
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
