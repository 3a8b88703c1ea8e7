"""The foundation of all pages: who may see them, and what has to hold before a view is asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, request

from service.facade.api.access import admit
from service.facade.api.base import refuse_foreign_schedulers, refuse_impossible_names, refuse_nul
from service.facade.api.context import resources
from service.facade.api.sent_bodies import limit_body
from service.facade.domain.access import SCOPES
from service.facade.portal.policy import PREFIX, set_portal_policy

_TEMPLATES = Path(__file__).parent / "templates"


class Pages(Blueprint):
    """Some pages. Each says which `scope` it needs, as every route does; None is for those that anybody may see."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(f"portal_{name}", import_name, url_prefix=PREFIX, template_folder=str(_TEMPLATES))
        self.scopes: dict[str, str | None] = {}
        self.streaming: set[str] = set()
        self.before_request(set_portal_policy)
        self.before_request(refuse_nul)
        self.before_request(self._admit)
        self.before_request(self._limit_body)
        self.before_request(refuse_impossible_names)
        self.before_request(refuse_foreign_schedulers)

    def page(self, rule: str, *, scope: str | None, method: str = "GET", streams: bool = False) -> Callable[[Any], Any]:
        """Put a view at an address below `/portal`; `scope` is what a caller needs. A form that changes something has
        `{{ csrf_field }}` in it; a view that `streams` its body asks for it itself, as the body's first field."""
        if scope is not None and scope not in SCOPES:
            raise ValueError(f"{rule}: there is no scope {scope!r}")

        def decorate(view: Any) -> Any:
            endpoint = f"{self.name}.{view.__name__}"
            self.scopes[endpoint] = scope
            if streams:
                self.streaming.add(endpoint)
            self.add_url_rule(rule, view.__name__, view, methods=[method], provide_automatic_options=False)
            return view

        return decorate

    def _admit(self) -> None:
        scope = self.scopes[request.endpoint]
        if scope is not None:
            admit(resources(), scope, proves_itself=request.endpoint in self.streaming)

    def _limit_body(self) -> None:
        limit_body(streams=request.endpoint in self.streaming)
