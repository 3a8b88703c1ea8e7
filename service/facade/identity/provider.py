"""People log in at the company's identity provider: OpenID Connect, authorization code flow with PKCE (RFC 7636)."""

import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, urlencode

from service.facade.domain.access import Caller
from service.facade.domain.sessions import LogIn
from service.facade.identity.documents import post_form
from service.facade.identity.issuer import address_in, discover
from service.facade.identity.tokens import TokenReader
from service.facade.problems import NotAuthenticated
from service.settings import Settings

_RENEWED_AFTER_SECONDS = 3600.0
_QUESTION_SECONDS = 5.0
_SCOPE = "openid profile"


@dataclass
class Provider:
    """`reader` checks ID tokens: their audience is `client_id`. `comes_back` is where a browser returns to."""

    reader: TokenReader
    client_id: str
    client_secret: str
    comes_back: str
    _document: dict[str, Any] = field(default_factory=dict)
    _read_at: float = float("-inf")

    def address(self, log_in: LogIn) -> str:
        """Where a browser goes to log in.

        Raises:
            IssuerUnavailable
        """
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.comes_back,
            "scope": _SCOPE,
            "state": log_in.state,
            "nonce": log_in.nonce,
            "code_challenge": _challenge(log_in.verifier),
            "code_challenge_method": "S256",
        }
        endpoint = address_in(self._discovered(), "authorization_endpoint")
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def caller(self, code: str, log_in: LogIn) -> Caller:
        """Who has come back with this code (OpenID Connect Core 1.0, sections 3.1.3.1 and 3.1.3.7).

        Raises:
            NotAuthenticated: the code or the token that it stands for is not good, or not of this log-in.
            IssuerUnavailable
        """
        claims = self.reader.claims(self._id_token(code, log_in.verifier))
        if claims.get("azp", self.client_id) != self.client_id:
            raise NotAuthenticated("The token was given to another client.")
        if not compare_digest(str(claims.get("nonce", "")).encode(), log_in.nonce.encode()):
            raise NotAuthenticated("The token belongs to another log-in.")
        return self.reader.holder(claims)

    def _id_token(self, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.comes_back,
            "client_id": self.client_id,
            "code_verifier": verifier,
        }
        document = self._discovered()
        headers = {}
        if self.client_secret and _wants_secret_in_form(document):
            form["client_secret"] = self.client_secret
        elif self.client_secret:
            headers["Authorization"] = _basic(self.client_id, self.client_secret)
        give_up = time.monotonic() + _QUESTION_SECONDS
        token = post_form(address_in(document, "token_endpoint"), form, headers, give_up).get("id_token")
        if not isinstance(token, str):
            raise NotAuthenticated("The identity provider sent no ID token.")
        return token

    def _discovered(self) -> dict[str, Any]:
        if time.monotonic() - self._read_at > _RENEWED_AFTER_SECONDS:
            self._document = discover(self.reader.keys.issuer, time.monotonic() + _QUESTION_SECONDS)
            self._read_at = time.monotonic()
        return self._document


def provider_of(settings: Settings, reader: TokenReader) -> Provider:
    """The provider that the settings describe; `reader` is the one of bearer tokens, whose keys are used here, too."""
    return Provider(
        reader=replace(reader, audience=settings.oidc_client_id),
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        comes_back=f"{settings.public_url}/portal/login/callback",
    )


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _wants_secret_in_form(document: dict[str, Any]) -> bool:
    """Where the provider does not take it in a header, which is what it does unless it says otherwise."""
    ways = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" not in ways and "client_secret_post" in ways


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, section 2.3.1: both are encoded as in a form first."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
