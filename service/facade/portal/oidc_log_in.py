"""`/portal/login/oidc`: to the identity provider and back (RFC 9700, section 2.1; OpenID Connect Core 1.0)."""

from dataclasses import astuple
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, unquote

from flask import Response, redirect, request

from service.facade.api.access import counted_as
from service.facade.api.context import resources
from service.facade.api.rate_limits import count_request, refuse_used_up
from service.facade.api.sessions import cookie_flags, cookie_name
from service.facade.domain.access import Caller
from service.facade.domain.sessions import LogIn, new_secret
from service.facade.identity import LogIns
from service.facade.portal.logging_in import admitted, login_page, own_path
from service.facade.portal.pages import Pages
from service.facade.problems import NotAuthenticated, NotFound
from service.settings import Settings

_COOKIE = "lookout_log_in"
_KEPT_SECONDS = 600
_NOT_BEGUN = "This log-in was begun in another browser, or too long ago. Begin again."
pages = Pages("oidc_log_in", __name__)


@pages.page("/login/oidc", scope=None)
def begin_oidc_log_in() -> Response:
    log_ins = _log_ins()
    count_request(resources(), f"address:{request.remote_addr}")
    leads_to = own_path(request.args.get("next", ""))
    log_in = LogIn(state=new_secret(), nonce=new_secret(), verifier=new_secret(), leads_to=leads_to)
    response = redirect(log_ins.address(log_in), code=303)
    kept = ".".join(quote(part, safe="").replace(".", "%2E") for part in astuple(log_in))
    response.set_cookie(_cookie_name(), kept, max_age=_KEPT_SECONDS, **cookie_flags(_settings()))
    return response


@pages.page("/login/callback", scope=None)
def finish_oidc_log_in() -> Any:
    log_ins, log_in = _log_ins(), _kept_log_in()
    address = f"address:{request.remote_addr}"
    refuse_used_up(resources(), address)
    try:
        caller = _returned(log_ins, log_in)
    except NotAuthenticated as problem:
        count_request(resources(), address)
        return login_page(problem.detail, log_in.leads_to if log_in else ""), 401
    count_request(resources(), counted_as(caller))
    response = admitted(caller, own_path(log_in.leads_to))
    response.delete_cookie(_cookie_name(), **cookie_flags(_settings()))
    return response


def _returned(log_ins: LogIns, log_in: LogIn | None) -> Caller:
    """Who has come back from the provider to the browser that had left for it."""
    given = request.args
    if log_in is None or not compare_digest(given.get("state", "").encode(), log_in.state.encode()):
        raise NotAuthenticated(_NOT_BEGUN)
    if given.get("iss", _settings().oidc_issuer) != _settings().oidc_issuer:  # RFC 9207
        raise NotAuthenticated("Another identity provider answers than the one that was asked.")
    if "code" not in given:
        raise NotAuthenticated(
            f"The identity provider lets you in no further: {given.get('error', 'it sent no code')}."
        )
    return log_ins.caller(given["code"], log_in)


def _kept_log_in() -> LogIn | None:
    parts = request.cookies.get(_cookie_name(), "").split(".")
    if len(parts) != 4:
        return None
    state, nonce, verifier, leads_to = map(unquote, parts)
    return LogIn(state=state, nonce=nonce, verifier=verifier, leads_to=leads_to)


def _cookie_name() -> str:
    return cookie_name(_settings(), _COOKIE)


def _settings() -> Settings:
    return resources().settings


def _log_ins() -> LogIns:
    if resources().log_ins is None:
        raise NotFound("Nobody logs in at an identity provider here: LOOKOUT_OIDC_CLIENT_ID is not set.")
    return resources().log_ins
