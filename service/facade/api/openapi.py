"""The OpenAPI document: flask-smorest's, with every error as problem+json."""

from typing import Any

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from flask_smorest import Api as SmorestApi

from service.facade.api.answers import PROBLEM_JSON, answer_bytes, json_bytes, register_error_handlers
from service.facade.api.schemas.problems import ProblemSchema

_ABOUT = """Scheduled anomaly detection for machines: sensor data in, predictions out.

Names are those of Lookout for Equipment in snake_case; times are ISO 8601 in UTC. Everything that is not a success is
`application/problem+json`. Lists have a `next` link. What takes a while answers 202 with the address to look at."""
_SERVERS = [{"url": "/", "description": "The service that served this document."}]
_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}


class JsonProvider(DefaultJSONProvider):
    """One way to write JSON: what smorest dumps has the bytes, and so the ETag, of what views write themselves."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return json_bytes(obj).decode()

    def response(self, *arguments: Any, **members: Any) -> Response:
        return answer_bytes(json_bytes(self._prepare_response_obj(arguments, members)))


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


def new_api(app: Flask, version: str) -> Api:
    app.json = JsonProvider(app)
    app.config.update(API_TITLE="Lookout for Machines", API_VERSION=version, OPENAPI_VERSION="3.1.0")
    app.config["API_SPEC_OPTIONS"] = {"info": {"description": _ABOUT, "license": _LICENSE}, "servers": _SERVERS}
    return Api(app)
