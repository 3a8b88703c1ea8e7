"""Where authentication is off, everybody on this machine may do everything. Web pages are not on this machine.

A browser sends what a page of any origin asks of it, without asking first where the request is a simple one; and a name
that somebody owns may lead to 127.0.0.1 (DNS rebinding). Browsers say both: in `Origin`, and in `Host`.
"""

from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from service.facade.problems import NotAuthenticated
from service.settings import Settings, is_loopback


def refuse_pages(settings: Settings, environ: WSGIEnvironment) -> None:
    """Let programs pass, pages that this service has sent itself, and those of the origins that the settings list.

    Raises:
        NotAuthenticated: a page of somewhere else asks.
    """
    host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
    if not is_loopback(_name(host)):
        raise NotAuthenticated(f"Nobody needs a key here, so requests have to be for this machine, not for {host!r}.")
    listed = [one.strip() for one in settings.cors_origins.split(",")]
    if origin is not None and origin not in listed and _after_scheme(origin) != host:
        raise NotAuthenticated("Nobody needs a key here, so pages of other origins have to be in LOOKOUT_CORS_ORIGINS.")


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _after_scheme(origin: str) -> str:
    return origin.partition("://")[2]
