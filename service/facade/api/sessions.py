"""The cookie of somebody who is logged in, and what keeps other pages from using it (OWASP CSRF Cheat Sheet).

Whatever may change something has to carry the token of the session, which only pages of ours hold, and must not come
from a page of another origin as far as the browser says where it comes from.
"""

from typing import Any

from flask import Response, g, request

from service.facade.api.sent_bodies import JSON_BODY_BYTES
from service.facade.domain.sessions import Session
from service.facade.problems import CrossSiteRequest
from service.facade.resources import Resources
from service.facade.usecases.sessions import close_session, find_session
from service.settings import Settings

COOKIE = "lookout_session"
HEADER, FIELD = "X-CSRF-Token", "csrf_token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110, section 9.2.1


def sent_session_id(settings: Settings) -> str:
    """What the cookie of this request holds; empty where `Authorization` is sent, which wins, or no cookie."""
    return "" if "Authorization" in request.headers else request.cookies.get(cookie_name(settings), "")


def session_of_request(resources: Resources, session_id: str) -> Session:
    """The session of this request; `g.session` from then on.

    Raises:
        NotAuthenticated, DatabaseUnavailable
    """
    g.session = session = find_session(resources, session_id)
    return session


def refuse_other_sites(settings: Settings, session: Session) -> None:
    """Let what only reads pass, and what a page of ours sends with its token.

    Raises:
        CrossSiteRequest
    """
    if request.method in SAFE_METHODS:
        return
    refuse_other_origins(settings)
    if not session.is_proven_by(_sent_token()):
        raise CrossSiteRequest(f"Send the token of the page in the header {HEADER}: load the page anew and try again.")


def refuse_other_origins(settings: Settings) -> None:
    """Let a request pass unless the browser says that a page of another origin sent it: in `Sec-Fetch-Site`, which no
    proxy in between confuses, or else in `Origin`.

    Raises:
        CrossSiteRequest
    """
    fetched, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {request.host, _after_scheme(settings.public_url)} - {""}
    is_foreign = fetched != "same-origin" if fetched else origin is not None and _after_scheme(origin) not in own
    if is_foreign:
        raise CrossSiteRequest(
            "A page of another origin asks for this; only pages of this service may. Behind a proxy that changes "
            "`Host`, LOOKOUT_PUBLIC_URL has to say where browsers reach it."
        )


def begin_cookie(response: Response, settings: Settings, session_id: str) -> None:
    """Have the browser keep the session. Without an age it ends with the browser at the latest."""
    response.set_cookie(cookie_name(settings), session_id, **cookie_flags(settings))


def forget_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(cookie_name(settings), **cookie_flags(settings))


def close_sent_session(resources: Resources) -> None:
    """End the session that this browser had, if any."""
    if session_id := request.cookies.get(cookie_name(resources.settings)):
        close_session(resources, session_id)


def cookie_name(settings: Settings, name: str = COOKIE) -> str:
    """Over TLS with the prefix that lets no other host of the domain set it, and log somebody in as another
    (RFC 6265bis, section 4.1.3.2)."""
    return f"__Host-{name}" if _is_secure(settings) else name


def cookie_flags(settings: Settings) -> dict[str, Any]:
    """Out of reach of scripts, and sent along links from elsewhere but with no other requests from there."""
    return {"secure": _is_secure(settings), "httponly": True, "samesite": "Lax"}


def _is_secure(settings: Settings) -> bool:
    """Whether browsers come over TLS, maybe to a proxy in front of us."""
    return request.is_secure or settings.public_url.startswith("https://")


def _after_scheme(origin: str) -> str:
    return origin.partition("://")[2]


def _sent_token() -> str:
    """From the header, or from a form: nothing else is read for it, as an upload may be a gigabyte, and no form that
    is longer than a page of ours sends."""
    if HEADER in request.headers or request.mimetype != "application/x-www-form-urlencoded":
        return request.headers.get(HEADER, "")
    request.max_content_length = JSON_BODY_BYTES
    return request.form.get(FIELD, "")
