"""Questions to a server that has just been started, and to a port before it is."""

import errno
import socket
import time
import urllib.error
import urllib.request

from service.embedded.program import EmbeddedError

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy


def answers_http(url: str) -> bool:
    """Whether somebody speaks HTTP there, be it to refuse (but not to say that it is not ready: 5xx)."""
    try:
        with _DIRECT.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def check_port(host: str, port: int, setting: str, *, patience: float = 0.0) -> None:
    """See that we can listen there.

    `patience` in seconds gives the programs of a start that was killed time to end.

    Raises:
        EmbeddedError: somebody else listens there, or we may not.
    """
    deadline = time.monotonic() + patience
    while reason := _why_not(host, port):
        if time.monotonic() >= deadline:
            raise EmbeddedError(f"cannot listen on {host}:{port}: {reason}; choose another with {setting}")
        time.sleep(0.1)


def _why_not(host: str, port: int) -> str:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        return "another program has this port" if taken else (error.strerror or str(error))
    return ""
