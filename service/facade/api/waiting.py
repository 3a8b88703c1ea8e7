"""`Prefer: wait=N` (RFC 7240) and `?wait=N`: the answer comes when the thing has ended, or after N seconds.

A route says which statuses of its resource are not the end (`unfinished`); then it can be waited for by a GET, and by
the request whose 202 leads there. Only as many requests wait as `resources.waiters` has places; the next ones are
answered at once, and so are all when the process is told to end. Nothing is held while waiting but a thread.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from service.facade.api.context import resources
from service.facade.problems import InvalidRequest, Problem, at_parameter
from service.stopping import stopping

PARAMETER = "wait"
_ASKED = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:[,;]|$)', re.IGNORECASE)
_LONGEST_SECONDS = 3600
_FIRST_STEP_SECONDS, _LONGEST_STEP_SECONDS, _GROWTH = 0.1, 1.0, 1.3
View = Callable[..., Any]
_APPLIED = "Preference-Applied"
_SHOWS = "shows"  # on a view: what looks without waiting, and which statuses are not the end


def waiting(view: View, unfinished: Collection[str]) -> View:
    """A GET that may wait until the `status` of what it shows is none of `unfinished`."""

    @wraps(view)
    def shown(*arguments: Any, **names: Any) -> Response:
        seconds, response = _seconds(), current_app.make_response(view(*arguments, **names))
        return response if seconds is None else _wait(response, _Subject(view, names, unfinished), seconds)

    shown.__dict__[_SHOWS] = (view, frozenset(unfinished))
    return shown


def waiting_for_what_began(view: View) -> View:
    """A request that answers 202 with the address of what it began; with 200 when that has ended meanwhile."""

    @wraps(view)
    def begun(*arguments: Any, **names: Any) -> Response:
        response = current_app.make_response(view(*arguments, **names))
        if response.status_code != 202 or (seconds := _preference()) is None or not (began := _began(response)):
            return response
        with suppress(Problem):  # what was begun counts, and is said, even if it cannot be looked at
            seen = _wait(began.look(), began, seconds)
            response.set_data(seen.get_data())
            response.status_code = 202 if began.is_unfinished(seen) else 200
            response.headers.extend({_APPLIED: seen.headers[_APPLIED]} if _APPLIED in seen.headers else {})
        return response

    return begun


@dataclass(frozen=True)
class _Subject:
    """What is waited for: the view that shows it, the names in its path, and the statuses that are not the end."""

    view: View
    names: Mapping[str, Any]
    unfinished: Collection[str]

    def look(self) -> Response:
        return current_app.make_response(self.view(**self.names))

    def is_unfinished(self, response: Response) -> bool:
        return response.status_code == 200 and response.json["status"] in self.unfinished


def _wait(response: Response, subject: _Subject, seconds: float) -> Response:
    """The last look at it; at once when too many wait already."""
    if not resources().waiters.acquire(blocking=False):
        return response
    try:
        give_up, step = time.monotonic() + min(seconds, resources().settings.wait_max_seconds), _FIRST_STEP_SECONDS
        while subject.is_unfinished(response) and (left := give_up - time.monotonic()) > 0 and not stopping.is_set():
            stopping.wait(min(step, left))
            step = min(step * _GROWTH, _LONGEST_STEP_SECONDS)
            response = subject.look()
    finally:
        resources().waiters.release()
    if (preferred := _preference()) is not None:
        response.headers[_APPLIED] = f"wait={preferred:.0f}"
    return response


def _began(response: Response) -> _Subject | None:
    """What a 202 leads to, where it can be waited for."""
    address = response.headers.get("Operation-Location") or response.headers.get("Location", "")
    try:
        endpoint, names = current_app.create_url_adapter(request).match(address, method="GET")
    except HTTPException:
        return None
    shows = current_app.view_functions[endpoint].__dict__.get(_SHOWS)
    return shows and _Subject(shows[0], names, shows[1])


def _seconds() -> float | None:
    """How long a GET shall wait; a parameter counts more than a preference."""
    given = request.args.get(PARAMETER)
    return _preference() if given is None else _parameter(given)


def _parameter(given: str) -> float:
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_SECONDS:
        detail = f"wait is a number of seconds from 0 to {_LONGEST_SECONDS}, not {given!r}."
        raise InvalidRequest(detail, errors=[at_parameter(PARAMETER, detail)])
    return seconds


def _preference() -> float | None:
    """What cannot be read is no preference, as RFC 7240 wants it."""
    found = _ASKED.search(request.headers.get("Prefer", ""))
    return float(found.group(1)) if found else None
