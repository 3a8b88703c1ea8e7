"""The foundation of all blueprints: flask-smorest, with problem+json and operation ids."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint

from service.facade.api.answers import PROBLEM_JSON, json_bytes, register_error_handlers
from service.facade.api.parsing import JSON_BODY_BYTES, Parser
from service.facade.api.schemas.base import NAME
from service.facade.api.schemas.problems import ProblemSchema
from service.facade.problems import InvalidRequest, ModelNotFound, Problem, SchedulerNotFound, at_parameter
from service.facade.resources import Resources
from service.facade.usecases.idempotency import SentRequest

EXTENSION = "lookout"
_ABOUT = """Scheduled anomaly detection for machines: sensor data in, predictions out.

Names are those of Lookout for Equipment in snake_case; times are ISO 8601 in UTC. Everything that is not a success is
`application/problem+json`. Lists have a `next` link. What takes a while answers 202 with the address to look at."""
_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
_NAME = {"type": "string", "pattern": NAME}
SCHEDULER_NAME = {
    "in": "path", "name": "scheduler_name", "required": True, "schema": _NAME, "example": "demo-pump",
}  # fmt: skip
MODEL_NAME = {"in": "path", "name": "model_name", "required": True, "schema": _NAME, "example": "demo-pump"}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 256},
    "description": "Sending the same request with the same key again gives the first answer again.",
}
_KEY = re.compile(r"[\x21-\x7e]{1,256}")


def resources() -> Resources:
    """What the views of this process work with."""
    return current_app.extensions[EXTENSION]


def sent_request() -> SentRequest:
    """This request and its `Idempotency-Key`.

    Raises:
        InvalidRequest: for a key that cannot travel upstream.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        detail = "An Idempotency-Key has 1 to 256 visible ASCII characters."
        raise InvalidRequest(detail, errors=[at_parameter("Idempotency-Key", detail)])
    request.max_content_length = JSON_BODY_BYTES
    what = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    return SentRequest(key, sha256(what).hexdigest())


class JsonProvider(DefaultJSONProvider):
    """Members in the order they were written; sorting fails on the mixed keys of some error messages."""

    sort_keys = False

    def dumps(self, obj: Any, **_: Any) -> str:
        return json_bytes(obj).decode()


class Blueprint(SmorestBlueprint):
    """A resource. The name of a view function is its operation id; `problems` documents what can go wrong."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._prepare_doc_cbks += [_document_headers, _document_problems]
        self.before_request(_refuse_impossible_names)

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, *rest: Any, **options: Any):
        """Smorest documents `parameters` for every method of a path; headers belong to this one view."""
        notes = view_func.__dict__.setdefault("_apidoc", {})
        notes.setdefault("manual_doc", {}).setdefault("operationId", view_func.__name__)
        parameters = options.pop("parameters", None) or []
        notes["headers"] = [one for one in parameters if one["in"] == "header"]
        in_path = [one for one in parameters if one["in"] == "path"]
        return super().add_url_rule(rule, endpoint, view_func, *rest, parameters=in_path, **options)

    @staticmethod
    def problems(*kinds: type[Problem]) -> Callable[[Any], Any]:
        """Decorate a view with the problems a caller should be ready for."""

        def decorate(view: Any) -> Any:
            view.__dict__.setdefault("_apidoc", {})["problems"] = kinds
            return view

        return decorate


class Api(SmorestApi):
    """Documents every error as problem+json and leaves the answering to `answers`."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        register_error_handlers(self._app)

    def _register_responses(self) -> None:
        content = {PROBLEM_JSON: {"schema": ProblemSchema}}
        self.spec.components.response(
            "DEFAULT_ERROR", {"description": "Any other problem.", "content": content}, lazy=True
        )
        self.spec.components.response(
            "UNPROCESSABLE_ENTITY",
            {"description": "Fields or parameters are unknown, missing or not allowed.", "content": content},
            lazy=True,
        )


def new_api(app: Flask, version: str) -> Api:
    app.json = JsonProvider(app)
    app.config.update(API_TITLE="Lookout for Machines", API_VERSION=version, OPENAPI_VERSION="3.1.0")
    app.config["API_SPEC_OPTIONS"] = {"info": {"description": _ABOUT, "license": _LICENSE}}
    return Api(app)


def _refuse_impossible_names() -> None:
    """Spare the upstream a question about a name that nothing can have."""
    for parameter, kind in (("scheduler_name", SchedulerNotFound), ("model_name", ModelNotFound)):
        name = (request.view_args or {}).get(parameter)
        if name is not None and not re.fullmatch(NAME, name):
            detail = f"{name!r} cannot be a name: it has 1 to 200 letters (a-z), digits, hyphens and underscores."
            raise kind(detail, errors=[at_parameter(parameter, detail)])


def _document_headers(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
    if doc_info.get("headers"):
        doc["parameters"] = [*doc.get("parameters", []), *doc_info["headers"]]
    return doc


def _document_problems(doc: dict[str, Any], doc_info: dict[str, Any], **_: Any) -> dict[str, Any]:
    responses = doc.setdefault("responses", {})
    for kind in doc_info.get("problems", ()):
        response = responses.get(kind.status)
        if not isinstance(response, dict):
            response = responses[kind.status] = {"description": "", "content": {PROBLEM_JSON: _problem_content()}}
        example = {"type": f"/problems/{kind.slug}", "title": kind.title, "status": kind.status, "detail": kind.title}
        response["content"][PROBLEM_JSON]["examples"][kind.slug] = {"summary": kind.title, "value": example}
        response["description"] = "; ".join(filter(None, (response["description"], kind.title)))
    return doc


def _problem_content() -> dict[str, Any]:
    return {"schema": ProblemSchema, "examples": {}}
