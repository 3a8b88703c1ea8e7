"""What the OpenAPI document says of every operation because of the contract that all routes are under.

flask-smorest writes what the schemas say; `complete` puts in the rest, from what each route promises.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from service.facade.api.openapi_examples import EXAMPLE_ID, example_of
from service.facade.api.openapi_parts import HEADERS, PARAMETERS, SECURITY_SCHEMES, headers
from service.facade.api.openapi_problems import any_problem, problem_examples, problem_responses, problems_of
from service.facade.problems import Problem

_JSON = "application/json"
_TAGGED = (_JSON, "image/svg+xml", "image/png")  # answers of these kinds have an ETag
_METHODS = ("get", "post", "put", "patch", "delete")
_UNUSED = "PaginationMetadata"  # smorest's, for a header that we have a member for
_EVERYWHERE = headers("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_KEPT = headers("ETag", "Cache-Control")


@dataclass(frozen=True)
class Promises:
    """What a route promises beyond its schemas; `problems` are those special to its view."""

    operation_id: str
    scope: str | None
    waits: bool
    if_match: bool
    problems: tuple[type[Problem], ...]


def complete(document: dict[str, Any], promises: Iterable[Promises]) -> dict[str, Any]:
    """The document with what follows from the promises: parameters, security, responses, headers, examples."""
    document = deepcopy(document)
    components, by_id = document["components"], {one.operation_id: one for one in promises}
    components["schemas"].pop(_UNUSED, None)
    components["responses"] = {"DEFAULT_ERROR": any_problem()}
    components |= {"headers": HEADERS, "parameters": PARAMETERS, "examples": problem_examples()}
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, item in document["paths"].items():
        for parameter in item.get("parameters", ()):
            parameter.setdefault("example", EXAMPLE_ID)
        for method in _METHODS:
            if method in item:
                _complete(item[method], path, method, by_id[item[method]["operationId"]], components["schemas"])
    return document


def _complete(
    operation: dict[str, Any], path: str, method: str, promises: Promises, schemas: Mapping[str, Any]
) -> None:
    operation["security"] = [{"bearer": [promises.scope]}] if promises.scope else []
    operation["x-required-scope"] = promises.scope or "none"
    responses = operation["responses"]
    succeeding = {status: response for status, response in responses.items() if status < "400"}
    if "202" in succeeding:
        succeeding.setdefault("200", _ended(succeeding["202"]))
    names = _parameters(method, promises, succeeding)
    operation["parameters"] = [*operation.get("parameters", ()), *(PARAMETERS[name] for name in names)]
    for response in succeeding.values():
        _finish(response, method, names, schemas)
    if "If-None-Match" in names:
        succeeding["304"] = {"description": "It is what you have.", "headers": _EVERYWHERE | _KEPT}
    kinds = {*promises.problems, *problems_of(path, method, operation)}
    failing = problem_responses(kinds)
    _keep_other_media(failing, responses)
    operation["responses"] = dict(sorted((succeeding | failing).items())) | {"default": responses["default"]}
    _refer(operation)


def _parameters(method: str, promises: Promises, succeeding: Mapping[str, Any]) -> list[str]:
    names = ["Idempotency-Key"] if method == "post" else []
    if method == "get" and any(kind in _TAGGED for kind in succeeding.get("200", {}).get("content", {})):
        names.append("If-None-Match")
    if promises.if_match:
        names.append("If-Match")
    if promises.waits:
        names.append("wait")
    if promises.waits or "202" in succeeding:
        names.append("Prefer")
    return names


def _ended(accepted: dict[str, Any]) -> dict[str, Any]:
    return {**deepcopy(accepted), "description": "With `Prefer: wait`: it has ended by now."}


def _finish(response: dict[str, Any], method: str, names: list[str], schemas: Mapping[str, Any]) -> None:
    """Headers and an example for an answer of a success."""
    content = response.get("content", {}).get(_JSON)
    more = dict(_EVERYWHERE)
    if "If-None-Match" in names:
        more |= _KEPT
    if "Prefer" in names:
        more |= headers("Preference-Applied")
    if method == "post":
        more |= headers("Idempotent-Replayed")
    if content:
        if "example" not in content and "examples" not in content:
            content["example"] = example_of(content["schema"], schemas)
        if "next" in (content.get("example") or ()):
            more |= headers("Link")
    response["headers"] = {**response.get("headers", {}), **more}


def _keep_other_media(failing: dict[str, Any], responses: Mapping[str, Any]) -> None:
    """A failure that has a schema of its own, such as the readiness of a service that is not ready."""
    for status, response in responses.items():
        if status.isdecimal() and status >= "400" and _JSON in response.get("content", {}):
            failing.setdefault(status, {"description": response["description"], "content": {}})
            failing[status]["content"][_JSON] = response["content"][_JSON]


def _refer(operation: dict[str, Any]) -> None:
    """Shared parameters are said once and referred to."""
    known = {id(value): name for name, value in PARAMETERS.items()}
    operation["parameters"] = [
        {"$ref": f"#/components/parameters/{known[id(one)]}"} if id(one) in known else one
        for one in operation["parameters"]
    ]
