"""Answers that views do not build from a schema: problems, and ready-made JSON."""

from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug import exceptions as errors
from werkzeug.exceptions import HTTPException

from service.facade.problems import (
    BadRequest,
    InternalError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Problem,
    RequestTooLarge,
    UnsupportedMediaType,
)

PROBLEM_JSON = "application/problem+json"
_KINDS: dict[int, type[Problem]] = {
    kind.status: kind
    for kind in (BadRequest, NotFound, MethodNotAllowed, NotAcceptable, RequestTooLarge, UnsupportedMediaType)
}
log = structlog.get_logger(__name__)


def register_error_handlers(app: Flask) -> None:
    """Whatever goes wrong leaves as problem+json."""
    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(Exception, answer_unexpected)


def answer_problem(problem: Problem) -> Response:
    response = _problem_response(problem.document())
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status >= 500:
        log.warning("request_failed", problem=problem.slug, detail=problem.detail, cause=repr(problem.__cause__))
    return response


def answer_http_exception(error: HTTPException) -> Response:
    """What Flask and Werkzeug raise themselves; their headers (`Allow` of a 405) are kept."""
    if error.code is None or error.code < 400:
        return error.get_response()
    kind = _KINDS.get(error.code)
    if kind:
        document = kind(_sentence(error)).document()
    else:
        document = {"type": "about:blank", "title": error.name, "status": error.code, "detail": error.description}
    response = _problem_response(document)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response


def _sentence(error: HTTPException) -> str:
    """What went wrong in our words, where Werkzeug has only its general ones."""
    if error.description != type(error).description:
        return error.description or ""
    if isinstance(error, errors.NotFound):
        return f"There is nothing at {request.path}; /docs lists what there is."
    if isinstance(error, errors.MethodNotAllowed):
        return f"{request.path} has no {request.method}; it has {', '.join(sorted(error.valid_methods or ()))}."
    return ""


def answer_unexpected(error: Exception) -> Response:
    log.error("unexpected_error", exc_info=error)
    return answer_problem(InternalError("Something is wrong with this service; the log knows more."))


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value)


def answer_bytes(body: bytes) -> Response:
    """Ready-made JSON."""
    return Response(body, mimetype="application/json")


def _problem_response(document: dict[str, Any]) -> Response:
    document |= {"instance": request.path, "request_id": g.get("request_id", "")}
    return Response(json_bytes(document), status=document["status"], content_type=PROBLEM_JSON)
