"""Tokens of the company's own identity provider (OpenID Connect): whose they are, and whether they are genuine."""

from typing import Protocol

from service.facade.domain.access import Caller
from service.settings import Settings


class Tokens(Protocol):
    """Whoever reads tokens."""

    def caller(self, token: str) -> Caller:
        """Whom a token speaks for.

        Raises:
            NotAuthenticated, IssuerUnavailable
        """


def connect_issuer(settings: Settings) -> Tokens | None:
    """The reader of tokens that the settings ask for; None where they name no issuer. Nothing is fetched yet."""
    if not settings.oidc_issuer:
        return None
    from service.facade.identity.tokens import reader_of  # cryptography takes a while to load, and few need it here

    return reader_of(settings)
