"""Whom a bearer credential stands for: an API key of ours, or a token of the identity provider."""

from service.facade.domain.access import SCOPES, Caller
from service.facade.domain.keys import ApiKey, digest_of, id_of
from service.facade.problems import NotAuthenticated
from service.facade.resources import Resources

_KEY_PREFIX = "lk_"
_NOT_VALID = "This is no key of this service, or no longer one: keys begin with lk_ and are used as they were shown."


def anybody(resources: Resources) -> Caller:
    """Who calls where authentication is off."""
    return Caller(resources.settings.default_team, frozenset(SCOPES), "anonymous")


def identify(resources: Resources, credentials: str) -> Caller:
    """The caller with these credentials.

    Raises:
        NotAuthenticated: nobody has them, or nobody has them any more.
        DatabaseUnavailable, IssuerUnavailable: it cannot be told at present.
    """
    if credentials.startswith(_KEY_PREFIX):
        return _holder(resources, credentials)
    if resources.tokens is None:
        raise NotAuthenticated(_NOT_VALID)
    return resources.tokens.caller(credentials)


def has_to_be_looked_up(resources: Resources, credentials: str) -> bool:
    """Whether PostgreSQL would be asked after a key that was never valid here."""
    return credentials.startswith(_KEY_PREFIX) and not resources.known_keys.holds(digest_of(credentials))


def _holder(resources: Resources, credentials: str) -> Caller:
    """A key nobody issued and one that is wrong in a letter are answered alike."""
    now = resources.clock()
    key = resources.known_keys.find(digest_of(credentials), now) if id_of(credentials) else None
    if key is None:
        raise NotAuthenticated(_NOT_VALID)
    if (state := key.state(now)) != "active":
        raise NotAuthenticated(f"The key {key.id} is {state}.")
    return Caller(key.team, frozenset(key.scopes), _actor(key), key.id)


def _actor(key: ApiKey) -> str:
    return f"key:{key.name or key.id}"
