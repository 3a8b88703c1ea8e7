"""A span for each request, from its head to the end of its answer. Around everything else, so that an answer which is
ready before Flask has one too."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug import Request
from werkzeug.wsgi import ClosingIterator

from service import tracing
from service.facade.api.metrics import template_of
from service.facade.api.ready_answers import ROUTE

_QUIET = ("/healthz", "/metrics", "/readyz")
_FAILING = 500


def traced(inner: WSGIApplication) -> WSGIApplication:
    """The application, with a span for each request that is no probe."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in _QUIET:
            return inner(environ, start_response)
        return _answer(inner, environ, start_response)

    return application


def _answer(inner: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    method, faults = environ["REQUEST_METHOD"], []
    span = tracing.start_span("SERVER", method, _trace_of_caller(environ))
    if span is None:
        return inner(environ, start_response)

    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        route, code = _route(environ), int(status[:3])
        span.note({"http.request.method": method, "http.response.status_code": code})
        if route:
            span.note({"http.route": route}, f"{method} {route}")
        span.note(tracing.of_log_lines() | _scheduler(environ))
        faults.extend([str(code)] if code >= _FAILING else [])
        return start_response(status, headers, *more)

    try:
        with tracing.within(span):
            body = inner(environ, answer)
    except BaseException as error:
        span.end(type(error).__name__)
        raise
    return ClosingIterator(body, lambda: span.end(*faults[:1]))


def _trace_of_caller(environ: WSGIEnvironment) -> dict[str, str]:
    """What they are in the midst of, where they say it; only that, for whatever else they say would be passed on."""
    said = {name: environ.get(f"HTTP_{name.upper()}") for name in ("traceparent", "tracestate")}
    return {name: value for name, value in said.items() if value}


def _scheduler(environ: WSGIEnvironment) -> dict[str, str]:
    request: Request | None = environ.get("werkzeug.request")
    named = getattr(request, "view_args", None) or {}
    return {"lookout.scheduler": named["scheduler_name"]} if "scheduler_name" in named else {}


def _route(environ: WSGIEnvironment) -> str | None:
    """The template of the address; the address itself may hold secrets."""
    request: Request | None = environ.get("werkzeug.request")
    if request is None:  # Flask was not asked
        return ROUTE
    return template_of(request.url_rule.rule) if request.url_rule else None  # type: ignore[attr-defined]
