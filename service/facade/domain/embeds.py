"""Embeds: charts of one scheduler that pages of other sites show, for a while, to whoever has the address."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Literal

from service.facade.domain.charts import Theme

DEFAULT_LIFETIME, LONGEST_LIFETIME = timedelta(days=30), timedelta(days=366)
EMBED_THEMES = ("auto", "light", "dark")
STATUSES = ("active", "expired", "revoked")
# In an address: the id, 192 random bits, the signature of both.
TOKEN = re.compile(r"(emb_[0-9a-f]{16})\.[A-Za-z0-9_-]{32}\.[A-Za-z0-9_-]{43}")
_ADDRESS = re.compile(r"^/embed/([^/]*)")


@dataclass(frozen=True, kw_only=True)
class Embed:
    """What an embed shows, and until when. `theme` auto follows whoever looks at it."""

    id: str
    team: str
    inference_scheduler_name: str
    title: str | None
    theme: Theme | Literal["auto"]
    span: timedelta
    sensors: tuple[str, ...]
    contributors: int
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def status(self, now: datetime) -> str:
        """One of STATUSES."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"


def new_embed_id() -> str:
    return f"emb_{token_hex(8)}"


def new_body(embed_id: str) -> str:
    """What is signed to become the token of an embed. Part of it is random, and kept nowhere: whoever reads the
    database, with the keys that sign, can make no token that opens anything."""
    return f"{embed_id}.{token_urlsafe(24)}"


def id_in(token: str) -> str | None:
    """The id of the embed that a token says it is for; None where it has not the form of one."""
    form = TOKEN.fullmatch(token)
    return form[1] if form else None


def digest_of(token: str) -> str:
    """What a token is known by at rest."""
    return sha256(token.encode()).hexdigest()


def loggable(path: str) -> str:
    """A path of a request as logs and traces may show it: with the id of an embed in place of its token."""
    return _ADDRESS.sub(lambda found: f"/embed/{id_in(found[1]) or '-'}", path)


def page_address(base: str, token: str) -> str:
    return f"{base}/embed/{token}"
