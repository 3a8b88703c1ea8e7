"""A request id in, out and in every log line, and one log line for each request."""

import logging
import time

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from service.correlation import HEADER, request_id_of
from service.facade.domain.embeds import loggable
from service.logs import write_info

__all__ = ["HEADER", "begin_request", "log_request", "register_request_ids"]
_QUIET = ("/healthz", "/metrics", "/readyz")
_LOGGER = logging.getLogger(__name__)
log = structlog.get_logger(__name__)


def register_request_ids(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def begin_request(given: str) -> str:
    """The id of a request, from now on in every log line: what was given where it is fit for that, else a new one."""
    request_id = request_id_of(given)
    clear_contextvars()
    bind_contextvars(request_id=request_id)
    return request_id


def log_request(method: str, path: str, status: int, began: float) -> None:
    """The line of a request that began at that moment of `time.perf_counter`."""
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    if path in _QUIET:
        log.debug("request_handled", method=method, path=path, status=status, ms=milliseconds)
    else:
        write_info(_LOGGER, "request_handled", method=method, path=path, status=status, ms=milliseconds)


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = begin_request(request.headers.get(HEADER, ""))


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    log_request(request.method, loggable(request.path), response.status_code, g.began)
    return response
