"""Tokens of the company's own identity provider (OpenID Connect): whose they are, and whether they are genuine."""

from typing import Protocol

from service.facade.domain.access import Caller
from service.facade.domain.sessions import LogIn
from service.settings import Settings


class Tokens(Protocol):
    """Whoever reads tokens."""

    def caller(self, token: str) -> Caller:
        """Whom a token speaks for.

        Raises:
            NotAuthenticated, IssuerUnavailable
        """


class LogIns(Protocol):
    """Where people log in with a browser."""

    def address(self, log_in: LogIn) -> str:
        """Where a browser goes to log in. Raises IssuerUnavailable."""

    def caller(self, code: str, log_in: LogIn) -> Caller:
        """Who has come back with this code. Raises NotAuthenticated, IssuerUnavailable."""


def connect_issuer(settings: Settings) -> Tokens | None:
    """The reader of tokens that the settings ask for; None where they name no issuer. Nothing is fetched yet."""
    if not settings.oidc_issuer:
        return None
    from service.facade.identity.tokens import reader_of  # cryptography takes a while to load, and few need it here

    return reader_of(settings)


def connect_log_ins(settings: Settings, tokens: Tokens | None) -> LogIns | None:
    """Where people log in; None where the settings name no client. `tokens` is what `connect_issuer` made."""
    if tokens is None or not settings.oidc_client_id:
        return None
    from service.facade.identity.provider import provider_of

    return provider_of(settings, tokens)
