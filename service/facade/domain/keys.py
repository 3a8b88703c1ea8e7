"""API keys: what one looks like, and what is kept of it.

A key reads `lk_<id>_<secret><checksum>`: a prefix that people and secret scanners recognise, the id that lists and
the audit log show, 256 random bits, and a checksum that tells a mistyped key from a wrong one without a look-up.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from secrets import randbelow
from zlib import crc32

from service.facade.domain.access import Caller

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_LENGTH, _SECRET_LENGTH, _CHECKSUM_LENGTH = 10, 43, 6  # base 62: 43 letters hold 256 bits, 6 hold a CRC-32
_FORM = re.compile(rf"lk_([0-9A-Za-z]{{{_ID_LENGTH}}})_[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECKSUM_LENGTH}}}")


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """What is kept of a key; times are aware, `expires_at` None means never. The key itself is kept nowhere."""

    id: str
    team: str
    scopes: tuple[str, ...]
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @cached_property
    def holder(self) -> Caller:
        """Who calls with this key."""
        return Caller(self.team, frozenset(self.scopes), f"key:{self.name or self.id}", self.id)

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


def mint() -> str:
    """A new key."""
    body = f"lk_{_base62(randbelow(62**_ID_LENGTH), _ID_LENGTH)}_{_base62(randbelow(2**256), _SECRET_LENGTH)}"
    return body + _checksum(body)


def id_of(key: str) -> str | None:
    """The id in a key, or None where the text has not the form of a key or its checksum is wrong."""
    form = _FORM.fullmatch(key)
    if form is None or _checksum(key[:-_CHECKSUM_LENGTH]) != key[-_CHECKSUM_LENGTH:]:
        return None
    return form[1]


def digest_of(key: str) -> str:
    """What a key is known by at rest. A plain hash is enough: nobody guesses 256 random bits."""
    return sha256(key.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, 62)
        letters = _LETTERS[rest] + letters
    return letters
