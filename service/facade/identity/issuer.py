"""The public keys of the identity provider, kept and renewed."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from service.facade.identity.documents import fetch_document
from service.facade.problems import IssuerUnavailable

RENEWED_AFTER_SECONDS = 3600.0
TRUSTED_SECONDS = 86_400.0  # without an answer of the issuer
PAUSE_SECONDS = 10.0  # between two questions, whatever was answered
_QUESTION_SECONDS = 5.0  # for discovery and keys together
_FIRST_SECONDS = 0.5  # what others wait where there are no keys yet
_PUBLIC = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}  # never `oct`: a secret that both sides know proves nothing
log = structlog.get_logger(__name__)


@dataclass
class IssuerKeys:
    """`jwks_url` empty: the issuer's discovery document says where its keys are (OpenID Connect Discovery 1.0)."""

    issuer: str
    jwks_url: str = ""
    clock: Callable[[], float] = time.monotonic
    guard: Lock = field(default_factory=Lock)
    _keys: KeySet | None = None
    _read_at: float = float("-inf")
    _asked_at: float = float("-inf")

    def current(self) -> KeySet:
        """The keys; up to an hour old, or up to a day while the issuer is away.

        Raises:
            IssuerUnavailable: there are none.
        """
        age = self.clock() - self._read_at
        if self._keys is None:
            self.renew()
        elif age > RENEWED_AFTER_SECONDS:
            with suppress(IssuerUnavailable):
                self.renew()
        if self._keys is None or self.clock() - self._read_at > TRUSTED_SECONDS:
            raise IssuerUnavailable(f"The keys of {self.issuer} cannot be read at present.")
        return self._keys

    def renew(self) -> bool:
        """Ask the issuer anew, at most every `PAUSE_SECONDS`; whether there may be keys that were not there before.

        One caller asks. An issuer that hangs keeps the others for no time where there are keys already.

        Raises:
            IssuerUnavailable: somebody is asking at this moment, so it cannot be told yet.
        """
        began = self._read_at
        if not self.guard.acquire(timeout=_FIRST_SECONDS if self._keys is None else 0):
            raise IssuerUnavailable(f"The keys of {self.issuer} are being read at this moment.", retry_after=1)
        try:
            if self.clock() - self._asked_at >= PAUSE_SECONDS:
                self._ask()
        finally:
            self.guard.release()
        return self._read_at != began

    def _document(self, give_up: float) -> dict[str, Any]:
        url = self.jwks_url or address_in(discover(self.issuer, give_up), "jwks_uri")
        return fetch_document(url, give_up)

    def _ask(self) -> None:
        self._asked_at = self.clock()
        give_up = time.monotonic() + _QUESTION_SECONDS
        try:
            self._keys = _key_set(self._document(give_up))
            self._read_at = self.clock()
        except IssuerUnavailable as problem:
            log.warning("issuer_unavailable", issuer=self.issuer, detail=problem.detail)


def discover(issuer: str, give_up: float) -> dict[str, Any]:
    """What an issuer says of itself (OpenID Connect Discovery 1.0, section 4); `give_up` as in `fetch_document`.

    Raises:
        IssuerUnavailable
    """
    document = fetch_document(issuer.rstrip("/") + "/.well-known/openid-configuration", give_up)
    if document.get("issuer") != issuer:
        raise IssuerUnavailable(f"{issuer} calls itself {document.get('issuer')!r}: LOOKOUT_OIDC_ISSUER has to match.")
    return document


def address_in(document: dict[str, Any], name: str) -> str:
    """An address that a discovery document names, as trustworthy as the issuer's own.

    Raises:
        IssuerUnavailable: there is none.
    """
    issuer, url = document["issuer"], document.get(name)
    if not isinstance(url, str) or not url.startswith(("https://", issuer.partition("//")[0] + "//")):
        raise IssuerUnavailable(f"{issuer} advertises no `{name}` that can be trusted.")
    return url


def _key_set(document: dict[str, Any]) -> KeySet:
    listed = document.get("keys")
    found = [_public_key(entry) for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    keys = [key for key in found if key is not None]
    if not keys:
        raise IssuerUnavailable("The key set of the issuer has no public key for signatures.")
    return KeySet(keys)


def _public_key(entry: dict[str, Any]) -> Key | None:
    """The key in an entry of the set, or None for one that is not for us: RFC 7517, section 5, has it ignored."""
    kind = _PUBLIC.get(str(entry.get("kty")))
    if kind is None or entry.get("use", "sig") != "sig":
        return None
    try:
        return kind.import_key(entry)
    except (JoseError, ValueError, TypeError):
        return None
