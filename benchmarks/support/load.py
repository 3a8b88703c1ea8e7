"""A load of requests over kept connections. It sends bytes made once and looks at little, so that it costs little."""

import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from types import MappingProxyType

CONNECTIONS = 4
_END_OF_HEAD = b"\r\n\r\n"


class Unexpected(Exception):
    """An answer of another status than the one that is measured."""


def requests_per_second(
    port: int,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    status: int = 200,
    seconds: float = 0.8,
) -> float:
    """GET (or POST a body) again and again over a few connections; how many answers came in a second.

    Raises:
        Unexpected: one of them had another status.
    """
    request = request_bytes(path, headers, body)
    begun = perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counts = list(pool.map(lambda _: _ask_until(port, request, status, begun + seconds), range(CONNECTIONS)))
    return sum(counts) / (perf_counter() - begun)


def request_bytes(path: str, headers: Mapping[str, str] = MappingProxyType({}), body: bytes | None = None) -> bytes:
    """A request as it goes over the connection."""
    length = {} if body is None else {"Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in ({"Host": "bench"} | dict(headers) | length).items()]
    start = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1"
    return "\r\n".join([start, *lines, "", ""]).encode() + (body or b"")


def ask(connection: socket.socket, request: bytes) -> tuple[int, bytes]:
    """One answer over an open connection: status and head."""
    connection.sendall(request)
    head, rest = _head_of(connection)
    left = _length(head) - len(rest)
    while left > 0:
        left -= len(connection.recv(min(left, 65536)))
    return int(head[9:12]), head


def _ask_until(port: int, request: bytes, status: int, until: float) -> int:
    count = 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while perf_counter() < until:
            answered, head = ask(connection, request)
            if answered != status:
                raise Unexpected(f"{status} was expected: {head.decode()}")
            count += 1
    return count


def _head_of(connection: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while _END_OF_HEAD not in received:
        block = connection.recv(65536)
        if not block:
            raise Unexpected(f"the connection was closed after {received!r}")
        received += block
    head, _, rest = received.partition(_END_OF_HEAD)
    return head, rest


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
