"""Names to addresses, with patience: the system's resolver knows no deadline of its own."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field

from service.facade.webhooks.addresses import Address, address_of

Resolve = Callable[[str, int], list[str]]
_AT_ONCE = 16


class Unresolved(OSError):
    """A name has no address at present; the text is a sentence."""


def system_resolve(host: str, port: int) -> list[str]:
    """Addresses in the order in which they should be tried (RFC 6724). Other spellings of an IPv4 address, such as
    ``0x7f.1`` or ``2130706433``, are understood here, so they are checked as what they mean."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(entry[4][0] for entry in found))


def _lookups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="lookup")  # no thread before the first question


@dataclass(frozen=True)
class Resolver:
    """`resolve` is what knows; tests put a resolver of their own there."""

    resolve: Resolve = system_resolve
    lookups: ThreadPoolExecutor = field(default_factory=_lookups, repr=False)

    def addresses(self, host: str, port: int, patience: float) -> list[Address]:
        """All addresses of a host.

        Raises:
            Unresolved: there is none, or no answer in time.
        """
        asked = self.lookups.submit(self.resolve, host, port)
        try:
            found = asked.result(max(patience, 0.0))
        except TookTooLong as error:
            asked.cancel()
            raise Unresolved(f"The name {host} was not resolved in time.") from error
        except (OSError, UnicodeError) as error:
            raise Unresolved(f"The name {host} cannot be resolved: {_reason(error)}.") from error
        if not found:
            raise Unresolved(f"The name {host} has no address.")
        return [address_of(text) for text in found]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
