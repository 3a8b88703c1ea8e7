"""Sessions of browsers: what a cookie stands for while somebody is logged in.

The cookie holds 256 random bits and nothing else; what it opens is a row that knows only their hash. Whoever reads the
table can log in as nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe

from service.facade.domain.access import Caller

_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Session:
    """`csrf_token` is what a page of ours sends back with whatever changes something; times are aware."""

    digest: str
    caller: Caller
    csrf_token: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime

    def is_proven_by(self, token: str) -> bool:
        """Whether a request with this token comes from a page that was sent in this session."""
        return compare_digest(self.csrf_token.encode(), token.encode())


@dataclass(frozen=True, kw_only=True)
class LogIn:
    """What a browser keeps while somebody is away at the identity provider; `leads_to` is where they wanted to go."""

    state: str
    nonce: str
    verifier: str
    leads_to: str


def new_secret() -> str:
    """For a cookie, or a token: nobody guesses it."""
    return token_urlsafe(_BYTES)


def digest_of(session_id: str) -> str:
    """What a session is known by at rest."""
    return sha256(session_id.encode()).hexdigest()
