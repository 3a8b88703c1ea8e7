"""Who is asking, and whether they may: the first thing that happens to a request (RFC 6750)."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars

from service.facade.api.answers import answer_problem
from service.facade.api.audit import audit_refusal, begin_audit
from service.facade.api.local_callers import refuse_pages
from service.facade.api.rate_limits import count_request, refuse_used_up
from service.facade.api.sessions import refuse_other_origins, refuse_other_sites, sent_session_id, session_of_request
from service.facade.domain.access import Caller
from service.facade.problems import (
    CrossSiteRequest,
    DatabaseUnavailable,
    InsufficientScope,
    IssuerUnavailable,
    NotAuthenticated,
    SchedulerNotFound,
)
from service.facade.resources import Resources
from service.facade.usecases.callers import anybody, identify
from service.facade.usecases.sessions import find_session

_REALM = 'Bearer realm="lookout"'
_NOT_IN_A_QUOTED_STRING = re.compile(r"[^ !#-\[\]-~]")  # RFC 6750, section 3


def register_access(app: Flask) -> None:
    app.register_error_handler(NotAuthenticated, _answer_not_authenticated)
    app.register_error_handler(InsufficientScope, _answer_insufficient_scope)
    app.register_error_handler(SchedulerNotFound, _answer_scheduler_not_found)


def admit(resources: Resources, scope: str, *, proves_itself: bool = False) -> None:
    """Find out who is calling and let them pass if they have `scope`; `g.caller` is the Caller from then on.

    Args:
        proves_itself: the view reads the token of the session from the body that it streams, before anything else.

    Raises:
        NotAuthenticated, RateLimited, InsufficientScope
        CrossSiteRequest: the browser of somebody who is logged in sends it, but no page of ours.
        DatabaseUnavailable: a key that was not seen before cannot be looked up, or a write cannot be audited.
        IssuerUnavailable: a token cannot be checked.
    """
    g.scope = scope
    g.caller = caller = _caller(resources)
    bind_contextvars(actor=caller.actor, team=caller.team)
    try:
        _refuse(resources, caller, scope, proves_itself)
    except (CrossSiteRequest, InsufficientScope) as problem:
        audit_refusal(resources, caller, problem)
        raise
    begin_audit(resources, caller)


def _refuse(resources: Resources, caller: Caller, scope: str, proves_itself: bool) -> None:
    if "session" in g:
        if proves_itself:
            refuse_other_origins(resources.settings)
        else:
            refuse_other_sites(resources.settings, g.session)
    if not caller.may(scope):
        held = ", ".join(sorted(caller.scopes)) or "none"
        raise InsufficientScope(f"This needs the scope {scope}; yours: {held}.")


def _caller(resources: Resources) -> Caller:
    """The caller, within their limit. Whoever cannot say who they are is counted by their address."""
    address = f"address:{request.remote_addr}"
    if resources.settings.auth == "off":
        count_request(resources, address)
        refuse_pages(resources.settings, request.environ)
        return anybody(resources)
    try:
        caller = _identified(resources, partial(refuse_used_up, resources, address))
    except NotAuthenticated:
        count_request(resources, address)
        raise
    count_request(resources, counted_as(caller))
    return caller


def _identified(resources: Resources, before_look_up: Callable[[], None]) -> Caller:
    """By `Authorization`, else by the cookie of a browser."""
    if session_id := sent_session_id(resources.settings):
        before_look_up()
        return session_of_request(resources, session_id).caller
    return identify(resources, _credentials(), before_look_up)


def proof_of_request(resources: Resources) -> Callable[[], bool]:
    """Whether what this request was admitted by still opens something: to be asked while a long answer goes on. What
    cannot be told at a moment is taken for a yes."""
    if resources.settings.auth == "off":
        return lambda: True
    session_id = sent_session_id(resources.settings)
    look = partial(find_session, resources, session_id) if session_id else partial(
        identify, resources, _credentials(), lambda: None
    )  # fmt: skip

    def holds() -> bool:
        with suppress(DatabaseUnavailable, IssuerUnavailable):
            try:
                look()
            except NotAuthenticated:
                return False
        return True

    return holds


def counted_as(caller: Caller) -> str:
    """As whom the requests of a caller are counted."""
    return f"key:{caller.key_id}" if caller.key_id else caller.actor


def _credentials() -> str:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credentials:
        raise NotAuthenticated("Send `Authorization: Bearer …` with an API key or a token.")
    return credentials.strip()


def _answer_not_authenticated(problem: NotAuthenticated) -> Response:
    """Without a word about an error where no credentials were sent: RFC 6750, section 3.1."""
    sent = "Authorization" in request.headers
    said = _NOT_IN_A_QUOTED_STRING.sub("", problem.detail)
    return _challenged(problem, f', error="invalid_token", error_description="{said}"' if sent else "")


def _answer_insufficient_scope(problem: InsufficientScope) -> Response:
    return _challenged(problem, f', error="insufficient_scope", scope="{g.scope}"')


def _answer_scheduler_not_found(problem: SchedulerNotFound) -> Response:
    """In the same words whoever found out: a caller cannot tell another team's scheduler from one that is not there."""
    name = (request.view_args or {}).get("scheduler_name")
    if name is not None and not problem.errors:
        problem = SchedulerNotFound(f"There is no scheduler {name!r}.", aws_error_code="ResourceNotFoundException")
    return answer_problem(problem)


def _challenged(problem: NotAuthenticated | InsufficientScope, what: str) -> Response:
    response = answer_problem(problem)
    response.headers["WWW-Authenticate"] = _REALM + what
    return response
