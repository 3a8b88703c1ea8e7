"""Which problems an operation can answer with: those its view lists, and those that follow from what it is.

The one place where that is said; the document and the tests read it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from service.facade.api.answers import PROBLEM_JSON
from service.facade.api.openapi_parts import headers
from service.facade.problems import (
    BadCursor,
    DatabaseUnavailable,
    IdempotencyKeyReused,
    InsufficientScope,
    InternalError,
    InvalidJson,
    InvalidRequest,
    IssuerUnavailable,
    ModelNotFound,
    NotAuthenticated,
    PreconditionFailed,
    Problem,
    RateLimited,
    RequestInFlight,
    RequestTooLarge,
    SchedulerNotFound,
    UnsupportedMediaType,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamTimeout,
    UpstreamUnavailable,
    problem_types,
)

_OF_ANY = (InvalidRequest, InternalError)
_OF_CALLERS = (NotAuthenticated, InsufficientScope, RateLimited, DatabaseUnavailable, IssuerUnavailable)
_OF_UPSTREAM = (UpstreamRefused, UpstreamFailed, UpstreamThrottled, UpstreamUnavailable, UpstreamTimeout)
_ASKS_UPSTREAM = ("/v1/schedulers", "/v1/models", "/v1/replays")


def problems_of(path: str, method: str, operation: dict[str, Any]) -> set[type[Problem]]:
    """The problems that follow from what an operation is, by its place, method, parameters and body."""
    return set(_following(path, method, operation))


def _following(path: str, method: str, operation: dict[str, Any]) -> Iterator[type[Problem]]:
    yield from _OF_ANY
    if operation["security"]:
        yield from _OF_CALLERS
    if path.startswith(_ASKS_UPSTREAM):
        yield from _OF_UPSTREAM
    if "{scheduler_name}" in path:
        yield SchedulerNotFound
    if "{model_name}" in path:
        yield ModelNotFound
    if method == "post":
        yield from (IdempotencyKeyReused, RequestInFlight)
    if "requestBody" in operation:
        yield from (RequestTooLarge, UnsupportedMediaType)
        if "application/json" in operation["requestBody"]["content"]:
            yield InvalidJson
    names = {one.get("name") for one in operation.get("parameters", ())}
    if "cursor" in names:
        yield BadCursor
    if "If-Match" in names:
        yield PreconditionFailed


def problem_responses(kinds: set[type[Problem]]) -> dict[str, Any]:
    """A response for each status, with an example for each kind of problem."""
    statuses = sorted({kind.status for kind in kinds})
    return {str(status): _response([kind for kind in kinds if kind.status == status]) for status in statuses}


def problem_examples() -> dict[str, Any]:
    """An example of each kind of problem, to be referred to by its slug."""
    return {slug: {"summary": kind.title, "value": kind().document()} for slug, kind in problem_types().items()}


def any_problem() -> dict[str, Any]:
    """What an answer looks like that an operation does not name."""
    return {
        "description": "Any other problem.",
        "headers": headers("X-Request-Id"),
        "content": _content(problem_types()),
    }


def _response(kinds: list[type[Problem]]) -> dict[str, Any]:
    kinds = sorted(kinds, key=lambda kind: kind.slug)
    names = ["X-Request-Id"]
    if any(kind.retryable for kind in kinds):
        names.append("Retry-After")
    if NotAuthenticated in kinds:
        names.append("WWW-Authenticate")
    said = "; ".join(kind.title for kind in kinds)
    return {"description": f"{said}.", "headers": headers(*names), "content": _content(kind.slug for kind in kinds)}


def _content(slugs: Iterable[str]) -> dict[str, Any]:
    examples = {slug: {"$ref": f"#/components/examples/{slug}"} for slug in slugs}
    return {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
