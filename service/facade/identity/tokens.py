"""A bearer JWT checked (RFC 7519, RFC 8725) and read: signature, issuer, audience, times, then team and scopes."""

import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, InvalidKeyIdError, JoseError, SecurityWarning
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from service.facade.domain.access import SCOPES, Caller
from service.facade.identity.issuer import IssuerKeys
from service.facade.problems import NotAuthenticated
from service.settings import Settings
from service.teams import TEAM

LEEWAY_SECONDS = 30  # for clocks that differ
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA",
)  # fmt: skip
_TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
_PREFIX = "lookout:"  # providers want scopes to say whose they are; both forms are read
_FOREIGN = "The token cannot be verified: it is malformed, or not signed by the issuer that is trusted here."

warnings.filterwarnings("ignore", "EdDSA", SecurityWarning)  # the older name of Ed25519, which providers still send


@dataclass(frozen=True)
class TokenReader:
    """What is expected of a token, and the names of the claims that are read."""

    keys: IssuerKeys
    audience: str
    team_claim: str
    scopes_claim: str
    clock: Callable[[], float] = time.time

    def caller(self, token: str) -> Caller:
        """Whom a token speaks for.

        Raises:
            NotAuthenticated: it is not genuine, not for us, not valid now, or names no team.
            IssuerUnavailable: the keys of the issuer were never read, or too long ago.
        """
        return self.holder(self.claims(token))

    def holder(self, claims: dict[str, Any]) -> Caller:
        """Whom checked claims speak for.

        Raises:
            NotAuthenticated: they name no team.
        """
        team = _team(claims.get(self.team_claim))
        if team is None:
            raise NotAuthenticated(f"The token names no team: its claim {self.team_claim!r} has to be one team's name.")
        return Caller(team, _scopes(claims.get(self.scopes_claim)), f"oidc:{claims['sub']}")

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says that is genuine, for us, and valid now. The problems are those of `caller`."""
        try:
            decoded = self._decoded(token)
            self._registry().validate(decoded.claims)
        except ExpiredTokenError as error:
            raise NotAuthenticated("The token is expired.") from error
        except ClaimError as error:
            raise NotAuthenticated(f"The token is not for this service now: {error.description}.") from error
        except (JoseError, ValueError, TypeError) as error:
            raise NotAuthenticated(_FOREIGN) from error
        if str(decoded.header.get("typ", "jwt")).lower() not in _TYPES:
            raise NotAuthenticated("This is no access token: its type is another.")
        return decoded.claims

    def _decoded(self, token: str) -> jwt.Token:
        try:
            return _decode(token, self.keys.current())
        except InvalidKeyIdError:  # the issuer may have changed its keys
            if not self.keys.renew():
                raise
            return _decode(token, self.keys.current())

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self.clock()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.keys.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def reader_of(settings: Settings) -> TokenReader:
    """The reader that the settings describe."""
    return TokenReader(
        keys=IssuerKeys(settings.oidc_issuer, settings.oidc_jwks_url),
        audience=settings.oidc_audience,
        team_claim=settings.oidc_team_claim,
        scopes_claim=settings.oidc_scopes_claim,
    )


def _decode(token: str, keys: KeySet) -> jwt.Token:
    return jwt.decode(token, keys, algorithms=_ALGORITHMS, registry=_HEADERS)


_HEADERS = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)  # providers add headers of their own


def _team(claim: Any) -> str | None:
    """The one team that a claim names, as a text or a list of one."""
    name = claim[0] if isinstance(claim, list) and len(claim) == 1 else claim
    return name if isinstance(name, str) and re.fullmatch(TEAM, name) else None


def _scopes(claim: Any) -> frozenset[str]:
    """The scopes of ours in a claim: a text with spaces between (RFC 8693), or a list."""
    given = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    named = {scope.removeprefix(_PREFIX) for scope in given if isinstance(scope, str)}
    return frozenset(named.intersection(SCOPES))
