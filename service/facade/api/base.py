"""The foundation of all blueprints, and what their views ask of the request."""

import re
from collections.abc import Callable, Collection
from itertools import chain
from typing import Any

from apispec.ext.marshmallow.common import resolve_schema_instance
from flask import request
from flask_smorest import Blueprint as SmorestBlueprint

from service.facade.api.access import admit
from service.facade.api.context import EXTENSION, caller, resources
from service.facade.api.contract import under_contract
from service.facade.api.links import link_to_next
from service.facade.api.openapi_operations import Promises
from service.facade.api.parsing import Parser
from service.facade.api.schemas.base import NAME
from service.facade.api.sent_bodies import limit_body
from service.facade.domain.access import SCOPES
from service.facade.problems import (
    InvalidRequest,
    ModelNotFound,
    NotFound,
    Problem,
    SchedulerNotFound,
    at_parameter,
)
from service.facade.usecases.ownership import refuse_foreign

__all__ = ["EXTENSION", "MODEL_NAME", "SCHEDULER_NAME", "Blueprint", "caller", "resources"]
_NAME = {"type": "string", "pattern": NAME}
SCHEDULER_NAME = {
    "in": "path", "name": "scheduler_name", "required": True, "schema": _NAME, "example": "demo-pump",
}  # fmt: skip
MODEL_NAME = {"in": "path", "name": "model_name", "required": True, "schema": _NAME, "example": "demo-pump"}
_LOOK_THEMSELVES = {"schedulers.describe_scheduler"}


class Blueprint(SmorestBlueprint):
    """A resource. The name of a view function is its operation id; `problems` documents what can go wrong.

    Every route says which `scope` it needs; None is for those that anybody may ask. `scopes` has them by endpoint.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.scopes: dict[str, str | None] = {}
        self.promises: list[Promises] = []
        self.streaming: set[str] = set()
        self.before_request(refuse_nul)
        self.before_request(self._admit)
        self.before_request(self._limit_body)
        self.before_request(refuse_impossible_names)
        self.before_request(refuse_foreign_schedulers)
        self.after_request(link_to_next)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        *rest: Any,
        scope: str | None,
        streams: bool = False,
        unfinished: Collection[str] = (),
        if_match: bool = False,
        **options: Any,
    ) -> None:
        """Put a view with one method under the contract of all routes.

        Args:
            scope: what a caller needs; None when anybody may ask.
            streams: the view reads its body piece by piece and holds it to a limit of its own.
            unfinished: values of `status` of something that can be waited for.
            if_match: the view holds its resource against `If-Match`.
        """
        if scope is not None and scope not in SCOPES:
            raise ValueError(f"{rule}: there is no scope {scope!r}")
        name = f"{self.name}.{endpoint or view_func.__name__}"
        self.scopes[name] = scope
        if streams:
            self.streaming.add(name)
        notes = view_func.__dict__.setdefault("_apidoc", {})
        notes.setdefault("manual_doc", {}).setdefault("operationId", view_func.__name__)
        self.promises.append(Promises(
            operation_id=view_func.__name__, scope=scope, waits=bool(unfinished), if_match=if_match,
            problems=notes.get("problems", ()),
        ))  # fmt: skip
        [method] = options["methods"]
        known = _query_parameters(notes)
        view = under_contract(view_func, method, streams=streams, unfinished=unfinished, parameters=known)
        super().add_url_rule(rule, endpoint, view, *rest, **options)

    @staticmethod
    def problems(*kinds: type[Problem]) -> Callable[[Any], Any]:
        """Decorate a view with the problems a caller should be ready for."""

        def decorate(view: Any) -> Any:
            view.__dict__.setdefault("_apidoc", {})["problems"] = kinds
            return view

        return decorate

    def _admit(self) -> None:
        scope = self.scopes[request.endpoint]
        if scope is not None and request.method != "OPTIONS":
            admit(resources(), scope)

    def _limit_body(self) -> None:
        limit_body(streams=request.endpoint in self.streaming)


def _query_parameters(notes: dict[str, Any]) -> set[str]:
    """Names of the query parameters that a view has a schema for."""
    schemas = [one["schema"] for one in notes.get("arguments", {}).get("parameters", ()) if one["in"] == "query"]
    fields = chain.from_iterable(resolve_schema_instance(schema).fields.items() for schema in schemas)
    return {field.data_key or name for name, field in fields}


def refuse_nul() -> None:
    """Before anything is looked up or written down: PostgreSQL keeps no NUL, so nothing has one in its name."""
    if "\0" in request.path:
        raise NotFound("Nothing has a NUL in its address.")
    if "%00" in request.environ.get("QUERY_STRING", ""):
        wrong = [at_parameter(name, "It holds a NUL.") for name, given in request.args.items(True) if "\0" in given]
        raise InvalidRequest("A parameter holds a NUL.", errors=wrong)


def refuse_impossible_names() -> None:
    """Spare the upstream a question about a name that nothing can have."""
    for parameter, kind in (("scheduler_name", SchedulerNotFound), ("model_name", ModelNotFound)):
        name = (request.view_args or {}).get(parameter)
        if name is not None and not re.fullmatch(NAME, name):
            detail = f"{name!r} cannot be a name: it has 1 to 200 letters (a-z), digits, hyphens and underscores."
            raise kind(detail, errors=[at_parameter(parameter, detail)])


def refuse_foreign_schedulers() -> None:
    """Ask whose the scheduler in the path is; what describes it sees to that itself, with what it has read anyway."""
    name = (request.view_args or {}).get("scheduler_name")
    if name is not None and request.endpoint not in _LOOK_THEMSELVES and request.method != "OPTIONS":
        refuse_foreign(resources(), caller().team, name)
