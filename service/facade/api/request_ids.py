"""A request id in, out and in every log line, and one log line for each request."""

import logging
import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from service.logs import write_info

HEADER = "X-Request-Id"
_FIT_FOR_LOGS = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_QUIET = ("/healthz", "/metrics", "/readyz")
_LOGGER = logging.getLogger(__name__)
log = structlog.get_logger(__name__)


def register_request_ids(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def begin_request(given: str) -> str:
    """The id of a request, from now on in every log line: what was given where it is fit for that, else a new one."""
    request_id = given if _FIT_FOR_LOGS.fullmatch(given) else uuid4().hex
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
    log_request(request.method, request.path, response.status_code, g.began)
    return response
