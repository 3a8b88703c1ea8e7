"""A request id in, out and in every log line, and one log line for each request."""

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-Id"
_FIT_FOR_LOGS = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_QUIET = ("/healthz", "/readyz")
log = structlog.get_logger(__name__)


def register_request_ids(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if _FIT_FOR_LOGS.fullmatch(given) else uuid4().hex
    g.began = time.perf_counter()
    clear_contextvars()
    bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    milliseconds = round((time.perf_counter() - g.began) * 1000, 1)
    write = log.debug if request.path in _QUIET else log.info
    write("request_handled", method=request.method, path=request.path, status=response.status_code, ms=milliseconds)
    return response
