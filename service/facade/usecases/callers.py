"""Whom a bearer credential stands for: an API key of ours, or a token of the identity provider."""

from collections.abc import Callable

from service.facade.domain.access import SCOPES, Caller
from service.facade.domain.keys import digest_of, id_of
from service.facade.problems import NotAuthenticated
from service.facade.resources import Resources

_KEY_PREFIX = "lk_"
_NOT_VALID = "This is no key of this service, or no longer one: keys begin with lk_ and are used as they were shown."


def anybody(resources: Resources) -> Caller:
    """Who calls where authentication is off."""
    return Caller(resources.settings.default_team, frozenset(SCOPES), "anonymous")


def identify(resources: Resources, credentials: str, before_look_up: Callable[[], None]) -> Caller:
    """The caller with these credentials. `before_look_up` is called before PostgreSQL is asked after a key that was not
    valid here lately; it may raise.

    Raises:
        NotAuthenticated: nobody has them, or nobody has them any more.
        DatabaseUnavailable, IssuerUnavailable: it cannot be told at present.
    """
    if credentials.startswith(_KEY_PREFIX):
        return _holder(resources, credentials, before_look_up)
    if resources.tokens is None:
        raise NotAuthenticated(_NOT_VALID)
    return resources.tokens.caller(credentials)


def _holder(resources: Resources, credentials: str, before_look_up: Callable[[], None]) -> Caller:
    """A key nobody issued and one that is wrong in a letter are answered alike."""
    digest, now = digest_of(credentials), resources.clock()
    if not resources.known_keys.holds(digest):
        if id_of(credentials) is None:
            raise NotAuthenticated(_NOT_VALID)
        before_look_up()
    key = resources.known_keys.find(digest, now)
    if key is None:
        raise NotAuthenticated(_NOT_VALID)
    if (state := key.state(now)) != "active":
        raise NotAuthenticated(f"The key {key.id} is {state}.")
    return key.holder
