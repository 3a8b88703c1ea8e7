"""A connection to an address that was checked, which ends when its time is up.

urllib3 speaks HTTP and TLS; the socket is ours. So there is no second look at the name, no proxy out of the
environment, no pool and no redirect, and a receiver that sends a byte now and then holds nobody for long.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from threading import Timer
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from service.facade.webhooks.addresses import Address
from service.facade.webhooks.targets import Target


@cache
def system_trust() -> ssl.SSLContext:
    """Certificates are held against those that this machine trusts, or `SSL_CERT_FILE` names. Made once: it takes
    some milliseconds."""
    return ssl.create_default_context()


def reach(addresses: Sequence[Address], port: int, patience: float) -> socket.socket:
    """A socket at the first of these addresses that takes a connection; each is given `patience` seconds.

    Raises:
        OSError: none does; this is what the last one said.
    """
    for address in addresses[:-1]:
        with suppress(OSError):
            return _opened(address, port, patience)
    return _opened(addresses[-1], port, patience)


@contextmanager
def connection_over(
    line: socket.socket, target: Target, trust: ssl.SSLContext, give_up: float
) -> Iterator[HTTPConnection]:
    """A connection for one request, and the end of the socket; `give_up` is a moment of the monotonic clock.

    Raises:
        OSError: TLS fails, or the certificate is not the host's.
    """
    with line, _hung_up_at(give_up, line):
        seconds = max(give_up - time.monotonic(), 0.001)
        line.settimeout(seconds)
        connection = _connection(target, line, trust, seconds)
        try:
            connection.connect()
            yield connection
        finally:
            connection.close()


def _connection(target: Target, line: socket.socket, trust: ssl.SSLContext, seconds: float) -> HTTPConnection:
    if target.scheme == "https":
        return _Tls(line, host=target.host, port=target.port, timeout=seconds, ssl_context=trust)
    return _Plain(line, host=target.host, port=target.port, timeout=seconds)


class _Plain(HTTPConnection):
    """Over a socket that is open already; the way in is the one that urllib3's own `contrib.socks` takes."""

    def __init__(self, line: socket.socket, **options: Any) -> None:
        super().__init__(**options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line


class _Tls(_Plain, HTTPSConnection):
    """The same with TLS. `Host`, SNI and the certificate are those of the name, whatever the address."""


def _opened(address: Address, port: int, patience: float) -> socket.socket:
    line = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(patience)
        line.connect((str(address), port))
    except BaseException:
        line.close()
        raise
    return line


@contextmanager
def _hung_up_at(moment: float, line: socket.socket) -> Iterator[None]:
    """Timeouts of a socket begin anew with each byte; this does not. A second handle reaches the line whatever TLS has
    made of the first one."""
    with line.dup() as handle:
        timer = Timer(max(moment - time.monotonic(), 0), _hang_up, [handle])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
