"""A describe that is in this process's cache, answered before Flask builds a request for it.

An answer is remembered as Flask finished it, and given again as long as the cache still holds the very copy that it was
made of. What belongs to each request is done for each: the caller is identified and counted, the request has its id and
its line in the log. Whatever is not plain (a parameter, `Cache-Control`, an `Origin`, a key that has to be looked up, a
limit that is used up) takes the long way, where it is answered in the same words.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars

from service.facade.api.access import counted_as
from service.facade.api.base import EXTENSION
from service.facade.api.conditional import COMPRESSED, etag_of
from service.facade.api.local_callers import refuse_pages
from service.facade.api.rate_limits import fields_of
from service.facade.api.request_ids import HEADER, begin_request, log_request
from service.facade.counts import describe_was_ready
from service.facade.domain.access import Caller
from service.facade.problems import NotAuthenticated, Problem
from service.facade.resources import Resources
from service.facade.usecases.callers import anybody, identify
from service.facade.usecases.describing import ready_copy, team_and_body
from service.telemetry.requests import count_request

_ENDPOINT, _SCOPE = "schedulers.describe_scheduler", "read"
ROUTE = "/v1/schedulers/{scheduler_name}"
_OF_ONE_REQUEST = {HEADER.lower(), "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"}
_NOT_PLAIN = ("HTTP_CACHE_CONTROL", "HTTP_ORIGIN")
_MOST = 1000
Place = tuple[str, str | None, str | None]  # path, Accept-Encoding, If-None-Match


@dataclass(frozen=True)
class ReadyAnswer:
    """A finished answer; `copy` is what the cache held when it was made, `team` whose the scheduler is."""

    name: str
    copy: bytes
    team: str
    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class ReadyAnswers:
    """WSGI around the application."""

    app: Flask
    inner: WSGIApplication
    answers: dict[Place, ReadyAnswer] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        answer = self.answers.get(_place(environ)) if _is_plain(environ) else None
        if answer is not None:
            own = _headers_of_request(self.app.extensions[EXTENSION], environ, answer)
            if own is not None:
                status = int(answer.status[:3])
                log_request("GET", environ["PATH_INFO"], status, began)
                describe_was_ready()
                count_request("GET", ROUTE, status, time.perf_counter() - began)
                start_response(answer.status, [*answer.headers, *own])
                return (answer.body,)
        return self.inner(environ, start_response)

    def remember(self, response: Response) -> Response:
        """After everything else that happens to an answer of the application."""
        if request.endpoint == _ENDPOINT and response.status_code in (200, 304) and _is_plain(request.environ):
            resources: Resources = self.app.extensions[EXTENSION]
            name = request.view_args["scheduler_name"]
            copy = ready_copy(resources, name)
            if copy is not None and _is_made_of(response, copy):
                if len(self.answers) >= _MOST:
                    self.answers.clear()
                self.answers[_place(request.environ)] = _finished(response, name, copy)
        return response


def register_ready_answers(app: Flask) -> None:
    """Before all other functions that see answers: Flask calls the first one last."""
    ready = ReadyAnswers(app, app.wsgi_app)
    app.wsgi_app = ready  # type: ignore[method-assign]
    app.after_request(ready.remember)


def _is_plain(environ: WSGIEnvironment) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and not any(name in environ for name in _NOT_PLAIN)
    )


def _place(environ: WSGIEnvironment) -> Place:
    return environ["PATH_INFO"], environ.get("HTTP_ACCEPT_ENCODING"), environ.get("HTTP_IF_NONE_MATCH")


def _headers_of_request(
    resources: Resources, environ: WSGIEnvironment, answer: ReadyAnswer
) -> list[tuple[str, str]] | None:
    """The headers that belong to this request; None when it has to take the long way."""
    copy = ready_copy(resources, answer.name)
    if copy is None or copy is not answer.copy:
        return None
    try:
        caller, counted = _caller(resources, environ)
    except Problem:
        return None
    if caller.team != answer.team or not caller.may(_SCOPE):
        return None
    allowance = resources.rate_limits.take(counted)
    if allowance is not None and not allowance.granted:
        return None
    request_id = begin_request(environ.get("HTTP_X_REQUEST_ID", ""))
    bind_contextvars(actor=caller.actor, team=caller.team)
    return [*fields_of(allowance), (HEADER, request_id)]


def _caller(resources: Resources, environ: WSGIEnvironment) -> tuple[Caller, str]:
    """The caller, and as whom their requests are counted.

    Raises:
        Problem: they cannot be identified, or not without a look-up.
    """
    if resources.settings.auth == "off":
        refuse_pages(resources.settings, environ)
        return anybody(resources), f"address:{environ.get('REMOTE_ADDR')}"
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer":
        raise NotAuthenticated
    caller = identify(resources, credentials.strip(), _refuse_look_up)
    return caller, counted_as(caller)


def _refuse_look_up() -> None:
    raise NotAuthenticated


def _is_made_of(response: Response, copy: bytes) -> bool:
    """The cache may hold another one by now."""
    team, body = team_and_body(copy)
    return team == g.caller.team and response.headers["ETag"].strip('"').removesuffix(COMPRESSED) == etag_of(body)


def _finished(response: Response, name: str, copy: bytes) -> ReadyAnswer:
    body, status, headers = response.get_wsgi_response(request.environ)
    kept = tuple((header, value) for header, value in headers if header.lower() not in _OF_ONE_REQUEST)
    return ReadyAnswer(name, copy, g.caller.team, status, kept, b"".join(body))
