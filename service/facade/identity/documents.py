"""JSON documents of the identity provider, read with limits: it may be slow, broken, or not who it should be."""

import json
import time
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from service.facade.problems import IssuerUnavailable, NotAuthenticated

_STEP_SECONDS = 3.0  # for a connection, and for each piece
_MOST_BYTES = 512 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys are taken from the address that was configured and from nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_JSON = {"Accept": "application/json"}
_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch_document(url: str, give_up: float) -> dict[str, Any]:
    """The JSON object at an address; `give_up` is a moment of the monotonic clock.

    Raises:
        IssuerUnavailable: it cannot be read until then, is too large, or is no JSON object.
    """
    return _document(urllib.request.Request(url, headers=_JSON), give_up)


def post_form(url: str, form: dict[str, str], headers: dict[str, str], give_up: float) -> dict[str, Any]:
    """The JSON object that answers a form.

    Raises:
        IssuerUnavailable: as `fetch_document`.
        NotAuthenticated: what was sent is refused.
    """
    request = urllib.request.Request(url, urlencode(form).encode(), headers=_JSON | headers)
    try:
        return _document(request, give_up)
    except IssuerUnavailable as problem:
        refusal = problem.__cause__
        if isinstance(refusal, HTTPError) and 400 <= refusal.code < 500:
            raise NotAuthenticated(
                f"The identity provider refuses this log-in with status {refusal.code}."
            ) from refusal
        raise


def _document(request: urllib.request.Request, give_up: float) -> dict[str, Any]:
    url = request.full_url
    try:
        document = json.loads(_read(request, give_up))
    except (OSError, HTTPException, ValueError) as error:
        raise IssuerUnavailable(f"{url} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise IssuerUnavailable(f"{url} is no JSON object.")
    return document


def _read(request: urllib.request.Request, give_up: float) -> bytes:
    body = b""
    with _OPENER.open(request, timeout=_step(give_up)) as answer:
        while chunk := answer.read1(65_536):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES} bytes")
            _step(give_up)
    return body


def _step(give_up: float) -> float:
    """The seconds that the next step may take."""
    left = give_up - time.monotonic()
    if left <= 0:
        raise TimeoutError("it takes too long")
    return min(_STEP_SECONDS, left)
