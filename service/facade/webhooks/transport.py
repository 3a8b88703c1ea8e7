"""One POST to somebody else's address: checked where it connects, never followed elsewhere, over in seconds."""

import re
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from service.facade.webhooks.addresses import Address, is_allowed, is_within
from service.facade.webhooks.connections import connection_over, reach, system_trust
from service.facade.webhooks.resolving import Resolver, Unresolved
from service.facade.webhooks.targets import Refused, Target, target_of
from service.networks import Network

SHOWN_BYTES = 1024  # of an answer; the rest is not read
_ATTEMPT_SECONDS = 15.0  # Standard Webhooks recommends 15 to 30
_QUICK_LOOK_SECONDS = 2.0
_MOST_ADDRESSES = 3
_TROUBLE = (OSError, HTTPException, HTTPError)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a POST. `status_code` None: no answer. `error` is a sentence, None for 2xx; `refused` says that
    nothing was sent because the address is none for webhooks. `retry_after` in seconds, where the receiver named it."""

    status_code: int | None = None
    beginning: str = ""
    error: str | None = None
    refused: bool = False
    retry_after: int | None = None


@dataclass(frozen=True)
class Transport:
    """`allowed`: networks where webhooks may go though they are not public, and by plain http, too."""

    allowed: tuple[Network, ...] = ()
    resolver: Resolver = field(default_factory=Resolver)
    trust: Callable[[], ssl.SSLContext] = system_trust
    seconds: float = _ATTEMPT_SECONDS

    def check(self, url: str) -> None:
        """A quick look for whoever registers a URL; what decides is the address at the time of each call. A name that
        nobody can resolve now passes: it may be there tomorrow.

        Raises:
            Refused: webhooks may not go there.
        """
        with suppress(Unresolved):
            self._addresses(target_of(url), _QUICK_LOOK_SECONDS)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send it once; never raises for what the network, the receiver or the address does."""
        give_up = time.monotonic() + self.seconds
        try:
            target = target_of(url)
            addresses = self._addresses(target, self.seconds)
            line = reach(addresses[:_MOST_ADDRESSES], target.port, self.seconds / _MOST_ADDRESSES)
            with connection_over(line, target, self.trust(), give_up) as connection:
                return _exchange(connection, target, headers, body, give_up)
        except Refused as refusal:
            return Answer(error=str(refusal), refused=True)
        except Unresolved as trouble:
            return Answer(error=str(trouble))
        except _TROUBLE as trouble:
            late = time.monotonic() >= give_up
            return Answer(error=f"No answer within {self.seconds:g} seconds." if late else _sentence(trouble))

    def _addresses(self, target: Target, patience: float) -> list[Address]:
        """Those of the host's addresses that a webhook may go to."""
        found = self.resolver.addresses(target.host, target.port, patience)
        fitting = [address for address in found if is_allowed(address, self.allowed)]
        if not fitting:
            raise Refused(
                f"{target.host} is at {found[0]}, which is no public address. Whoever runs this service can allow "
                "networks with LOOKOUT_WEBHOOK_ALLOWED_NETWORKS."
            )
        if target.scheme == "http":
            fitting = [address for address in fitting if is_within(address, self.allowed)]
        if not fitting:
            raise Refused("A webhook's URL begins with https://; http:// is for networks that a setting allows.")
        return fitting


def _exchange(
    connection: HTTPConnection, target: Target, headers: Mapping[str, str], body: bytes, give_up: float
) -> Answer:
    connection.request("POST", target.path, body, headers, preload_content=False, decode_content=False)
    response = connection.getresponse()
    if time.monotonic() >= give_up:
        raise TimeoutError  # hung up amid the headers, which http.client takes for their end
    beginning = b""
    with suppress(*_TROUBLE):  # the status says it all
        beginning = response.read(SHOWN_BYTES)
    return Answer(
        status_code=response.status,
        beginning=beginning.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}"),
        error=_complaint(response),
        retry_after=_seconds(response.headers.get("Retry-After", "")),
    )


def _complaint(response: BaseHTTPResponse) -> str | None:
    if 200 <= response.status < 300:
        return None
    if 300 <= response.status < 400:
        return f"The receiver answered {response.status}, a redirect; they are not followed, so put in its address."
    return f"The receiver answered {response.status}."


def _seconds(retry_after: str) -> int | None:
    """The usual one of the two forms (RFC 9110, section 10.2.3)."""
    return int(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else None


def _sentence(trouble: Exception) -> str:
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return f"The receiver's certificate is not trusted: {trouble.verify_message}."
    if isinstance(trouble, ssl.SSLError):
        return f"TLS with the receiver failed: {trouble.reason or trouble}."
    if isinstance(trouble, TimeoutError):
        return "The receiver takes no connection in time."
    if isinstance(trouble, OSError) and trouble.strerror:
        return f"The receiver cannot be reached: {trouble.strerror}."
    return f"The receiver does not speak HTTP as it should: {trouble!r}."
