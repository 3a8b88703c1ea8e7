"""Tokens of embeds: signed with a key that all processes share, by HMAC-SHA256."""

from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import BadSignature, Signer

_PURPOSE = b"lookout embed"


def sign(body: str, keys: Sequence[bytes]) -> str:
    """The token for a body, signed with the newest key.

    Args:
        keys: the oldest first.
    """
    return _signer(keys).sign(body).decode()


def is_signed(token: str, keys: Sequence[bytes]) -> bool:
    """Whether one of the keys signed this token. The comparison takes the same time for every wrong one."""
    try:
        _signer(keys).unsign(token)
    except BadSignature:
        return False
    return True


def _signer(keys: Sequence[bytes]) -> Signer:
    return Signer(list(keys), salt=_PURPOSE, key_derivation="hmac", digest_method=sha256)
