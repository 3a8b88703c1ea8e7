"""JSON documents of the identity provider, read with limits: it may be slow, broken, or not who it should be."""

import json
import time
import urllib.request
from http.client import HTTPException
from typing import Any

from service.facade.problems import IssuerUnavailable

_STEP_SECONDS, _WHOLE_SECONDS = 3.0, 6.0
_MOST_BYTES = 512 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys are taken from the address that was configured and from nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch_document(url: str) -> dict[str, Any]:
    """The JSON object at an address.

    Raises:
        IssuerUnavailable: it cannot be read within a few seconds, is too large, or is no JSON object.
    """
    try:
        document = json.loads(_read(url))
    except (OSError, HTTPException, ValueError) as error:
        raise IssuerUnavailable(f"{url} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise IssuerUnavailable(f"{url} is no JSON object.")
    return document


def _read(url: str) -> bytes:
    give_up, body = time.monotonic() + _WHOLE_SECONDS, b""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    with _OPENER.open(request, timeout=_STEP_SECONDS) as answer:
        while chunk := answer.read1(65_536):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES} bytes")
            if time.monotonic() > give_up:
                raise TimeoutError(f"not whole after {_WHOLE_SECONDS:g} seconds")
    return body
