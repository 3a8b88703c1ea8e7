"""Requests to the REST API as a careful caller sends them.

A POST has an `Idempotency-Key`, so that it can be sent again when its answer is lost. What may pass by itself (429,
503, 504, a request in flight: whatever has `Retry-After`) is asked for again, within a bound.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NewConnectionError, SSLError

from service.client.outcomes import Unavailable, refusal

PATIENCE_SECONDS = 30.0
_CONNECT_SECONDS, _ANSWER_SECONDS = 5.0, 60.0
_PASSING = {409, 429, 503, 504}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_OF_OURS = "X-Request-Id"  # every answer of the service has one
_JSON = {"Content-Type": "application/json"}
_NOBODY_YET = (NewConnectionError, ConnectTimeoutError)
_NEVER = (LocationValueError, SSLError)  # no address, or a certificate that nobody vouches for
Body = Callable[[], bytes | Iterable[bytes]]  # makes it anew for each attempt


@dataclass(frozen=True)
class Rest:
    """The API at one address. `patience` bounds, in seconds, how long a request is sent again, `timeout` how long one
    answer is waited for; `tell` hears what is being waited for. `was_there` is for callers who know that a service is
    at this address: where nobody listens now, it is starting again."""

    address: str
    key: str = field(default="", repr=False)
    patience: float = PATIENCE_SECONDS
    tell: Callable[[str], None] = lambda words: None
    timeout: float = _ANSWER_SECONDS
    was_there: bool = False
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False), repr=False)

    def get(self, path: str, **query: Any) -> Any:
        """The document at a path such as `/v1/schedulers`; parameters that are None are left out.

        Raises:
            Failure, Unavailable
        """
        return self.ask("GET", _address(path, query))

    def post(self, path: str, document: Any = None) -> Any:
        """What a POST answers; `document` is its body."""
        text = b"" if document is None else json.dumps(document).encode()
        return self.ask("POST", path, lambda: text, _JSON if text else {})

    def delete(self, path: str, **query: Any) -> Any:
        return self.ask("DELETE", _address(path, query))

    def pages(self, path: str, member: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page after page."""
        following: str | None = _address(path, query)
        while following:
            page = self.ask("GET", following)
            yield from page[member]
            following = page["next"]

    def ask(self, method: str, path: str, body: Body = bytes, headers: dict[str, str] | None = None) -> Any:
        """The document that one request is answered with, None for none; sent again as long as that may help."""
        sent = {"Accept": "application/json", "User-Agent": "lookout", **(headers or {})}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if method == "POST":
            sent["Idempotency-Key"] = uuid4().hex
        answer = self.send(method, self.address + path, body, sent)
        document = _document(answer)
        if answer.status >= 300 or not answer.headers.get(_OF_OURS):
            raise refusal(answer.status, document)
        return document

    def send(self, method: str, url: str, body: Body, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """The last answer to one request, whatever it is.

        Raises:
            Unavailable: there was none.
        """
        give_up, pause = monotonic() + self.patience, _FIRST_PAUSE
        while True:
            try:
                answer = self._once(method, url, body(), headers)
                wait = _retry_after(answer)
                if wait is None or monotonic() + wait > give_up:
                    return answer
                self.tell(f"Not possible at this moment ({answer.status}): trying again in {wait:g} s.")
            except HTTPError as error:
                wait, pause = pause, min(2 * pause, _LONGEST_PAUSE)
                hopeless = isinstance(error, _NEVER if self.was_there else (*_NEVER, *_NOBODY_YET))
                if hopeless or monotonic() + wait > give_up:
                    raise Unavailable(_nobody(url, error)) from error
                self.tell("The connection was lost: trying again.")
            sleep(wait)

    def _once(self, method: str, url: str, body: bytes | Iterable[bytes], headers: dict[str, str]) -> Any:
        timeout = urllib3.Timeout(connect=min(_CONNECT_SECONDS, self.timeout), read=self.timeout)
        return self.pool.request(method, url, body=body or None, headers=headers, redirect=False, timeout=timeout)


def _address(path: str, query: dict[str, Any]) -> str:
    given = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
    text = urlencode({name: value for name, value in given.items() if value is not None})
    return f"{path}?{text}" if text else path


def _document(answer: urllib3.BaseHTTPResponse) -> Any:
    try:
        return json.loads(answer.data) if answer.data else None
    except ValueError:
        return None


def _retry_after(answer: urllib3.BaseHTTPResponse) -> float | None:
    """The seconds to wait before the same request may succeed; None where it will not, or this is a success."""
    said = answer.headers.get("Retry-After", "")
    return max(float(said), 0.1) if answer.status in _PASSING and said.isdigit() else None


def _nobody(url: str, error: HTTPError) -> str:
    address = urllib3.util.parse_url(url)
    reason = getattr(error, "reason", None) or getattr(error, "__cause__", None) or error
    words = getattr(reason, "strerror", None) or str(reason).rpartition(": ")[2]
    return (
        f"Nobody answers at {address.scheme}://{address.netloc} ({words}). `lookout up` or `lookout demo` starts the"
        " service on this machine; --api-url or LOOKOUT_API_URL names another."
    )
