"""The identity provider: whether its discovery document and keys can be read and used."""

import json
from collections.abc import Iterator
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from service.doctor.findings import Finding, View, failed, ok
from service.settings import Settings

_TIMEOUT = urllib3.Timeout(connect=2, read=2)
_KINDS = {"RSA", "EC", "OKP"}


class _Unreadable(Exception):
    """A document that cannot be had; the message says why."""


def look_at_issuer(view: View) -> Iterator[Finding]:
    """Nothing is wrong where none is set."""
    if not view.settings.oidc_issuer:
        yield ok("None is set: API keys alone.")
        return
    try:
        yield _found(view.settings)
    except _Unreadable as error:
        mend = "Let this machine reach the identity provider, or mend LOOKOUT_OIDC_ISSUER and LOOKOUT_OIDC_JWKS_URL."
        yield failed(f"The identity provider cannot be asked: {error}.", mend)


def _found(settings: Settings) -> Finding:
    issuer, url = settings.oidc_issuer, settings.oidc_jwks_url
    if not url:
        document = _document(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != issuer:
            detail = f"{issuer} calls itself {document.get('issuer')!r}: its tokens are refused."
            return failed(detail, "Set LOOKOUT_OIDC_ISSUER to what it calls itself, slash for slash.")
        url = str(document.get("jwks_uri"))
    keys = [key for key in _document(url).get("keys", []) if key.get("kty") in _KINDS and key.get("use") != "enc"]
    if not keys:
        return failed(f"{url} has no public key for signatures.", "Mend LOOKOUT_OIDC_JWKS_URL, or the provider.")
    return ok(f"{issuer} shows {len(keys)} keys for signatures.")


def _document(url: str) -> dict[str, Any]:
    try:
        answer = urllib3.PoolManager(retries=False).request("GET", url, timeout=_TIMEOUT, redirect=False)
        document = json.loads(answer.data)
    except (HTTPError, ValueError) as error:
        raise _Unreadable(f"{url}: {str(error).rpartition(': ')[2]}") from error
    if answer.status != 200 or not isinstance(document, dict):
        raise _Unreadable(f"{url} answers {answer.status}, not with a JSON object")
    return document
