"""`/portal/login` and `/portal/logout`: a key or the identity provider for a session."""

import re
from functools import partial
from typing import Any

from flask import Response, g, redirect, render_template, request

from service.facade.api.access import counted_as
from service.facade.api.audit import write_down
from service.facade.api.context import resources
from service.facade.api.rate_limits import count_request, refuse_used_up
from service.facade.api.sessions import begin_cookie, close_sent_session, forget_cookie, refuse_other_origins
from service.facade.domain.access import Caller
from service.facade.portal.pages import Pages
from service.facade.portal.policy import PREFIX
from service.facade.problems import NotAuthenticated
from service.facade.usecases.callers import identify
from service.facade.usecases.sessions import open_session

_OWN = re.compile(rf"{PREFIX}(?:[/?][!-\[\]-~]*)?")  # in visible ASCII without a backslash
pages = Pages("logging_in", __name__)


@pages.page("/login", scope=None)
def show_login() -> Any:
    if resources().settings.auth == "off":
        return redirect(PREFIX, code=303)
    return login_page()


@pages.page("/login", scope=None, method="POST")
def log_in() -> Any:
    """With an API key. A wrong one counts for the address, as everywhere."""
    refuse_other_origins(resources().settings)
    try:
        return admitted(_holder(request.form.get("key", "").strip()), own_path(request.form.get("next", "")))
    except NotAuthenticated as problem:
        return login_page(problem.detail), 401


@pages.page("/logout", scope="read", method="POST")
def log_out() -> Response:
    close_sent_session(resources())
    response = redirect(f"{PREFIX}/login?out=1", code=303)
    forget_cookie(response, resources().settings)
    return response


def admitted(caller: Caller, leads_to: str) -> Response:
    """Log somebody in who has proven who they are: the session is new, whatever the browser sent."""
    g.caller = caller
    write_down(resources(), caller)
    close_sent_session(resources())
    _, session_id = open_session(resources(), caller)
    response = redirect(leads_to, code=303)
    begin_cookie(response, resources().settings, session_id)
    return response


def own_path(wanted: str) -> str:
    """Where to go after a log-in: only to a page of the portal, whatever a link says."""
    return wanted if _OWN.fullmatch(wanted) else PREFIX


def _holder(key: str) -> Caller:
    address = f"address:{request.remote_addr}"
    try:
        caller = identify(resources(), key, partial(refuse_used_up, resources(), address))
        if caller.key_id is None:  # the session would go on for hours when it has expired
            raise NotAuthenticated("This is a token, not a key: it opens the REST API, until it expires.")
    except NotAuthenticated:
        count_request(resources(), address)
        raise
    count_request(resources(), counted_as(caller))
    return caller


def login_page(fault: str = "", leads_to: str | None = None) -> str:
    wanted = request.values.get("next", "") if leads_to is None else leads_to
    return render_template(
        "login.html",
        fault=fault,
        next=own_path(wanted),
        is_key_wrong=bool(fault) and request.method == "POST",
        is_out="out" in request.args,
        has_oidc=resources().log_ins is not None,
    )
