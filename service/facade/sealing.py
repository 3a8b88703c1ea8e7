"""Secrets that must be readable again, at rest: sealed where a key is set, else as they are.

A dump of the database then says nothing without the key, which is kept elsewhere.
"""

from dataclasses import dataclass
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_SEALED = b"sealed:"


class Unsealable(ValueError):
    """What was sealed cannot be opened: its key is not among those that are set."""


@dataclass(frozen=True)
class Sealer:
    """`keys` are Fernet's (AES-128-CBC with HMAC-SHA256), each 32 bytes in URL-safe base64: the first one seals, every
    one opens, so that a key is changed by putting a new one in front. What was kept before there was a key is read as
    it is."""

    keys: tuple[str, ...] = ()

    def seal(self, plain: bytes) -> bytes:
        return _SEALED + self._ring.encrypt(plain) if self.keys else plain

    def open(self, kept: bytes) -> bytes:
        """
        Raises:
            Unsealable
        """
        if not kept.startswith(_SEALED):
            return kept
        try:
            return self._ring.decrypt(kept.removeprefix(_SEALED))
        except (InvalidToken, ValueError) as error:  # without any key there is no ring
            raise Unsealable("It was sealed with a key that LOOKOUT_SECRETS_KEY does not name any more.") from error

    @cached_property
    def _ring(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])
