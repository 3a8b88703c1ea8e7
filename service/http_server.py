"""How gunicorn serves either house: read by gunicorn itself (`--config python:service.http_server`)."""

import json
import math
import time
from contextlib import suppress
from select import select
from socket import SHUT_RD, socket
from typing import Any

import structlog
from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.lasting import keep_what_is_loaded
from service.logs import configure_logs
from service.settings import load_settings
from service.slow_bodies import Arrival
from service.stopping import stopping
from service.telemetry import shared_files

_SETTINGS = load_settings()
log = structlog.get_logger(__name__)
_HEAD_SECONDS = 5.0  # for the lines before the body
gthread.STOP_KEEPALIVE_LINGER = 0.5  # seconds that a process told to end leaves to requests on idle connections


class RoutedLogger(Logger):
    """Gunicorn's own lines go where all others go."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        configure_logs(_SETTINGS)
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True


def write_problem(client: socket, status: int, reason: str, detail: str) -> None:
    """Answer what is no request that an application could see, such as an address that is too long, as applications
    answer problems (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": reason, "status": status, "detail": detail})
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    util.write_nonblock(client, f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode("latin-1"))


class Worker(ThreadWorker):
    """A thread reads each request, and gunicorn waits for the end of its head and of its body for ever: whoever begins
    as many requests as there are threads, and ends none, has them all. Here they have a few seconds."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.heads: dict[TConn, float] = {}  # connections whose request is being read, and since when
        self.bodies: dict[TConn, Arrival] = {}

    def handle(self, conn: TConn) -> Any:
        self.heads[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self.heads.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        self.heads.pop(conn, None)
        self.bodies[conn] = body = Arrival(req.unreader)
        try:
            return super().handle_request(req, conn)
        finally:
            del self.bodies[conn]
            body.end()

    def murder_pending(self) -> None:
        """What gunicorn does once a second with connections that are late."""
        super().murder_pending()
        late = [conn for conn, since in list(self.heads.items()) if time.monotonic() - since > _HEAD_SECONDS]
        late += [conn for conn, body in list(self.bodies.items()) if body.is_late()]
        for conn in late:
            with suppress(OSError):
                conn.sock.shutdown(SHUT_RD)

    def handle_exit(self, *arguments: Any) -> None:
        """On SIGTERM: no new requests, and those that would never end are told."""
        stopping.set()
        super().handle_exit(*arguments)

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end, take what the kernel has accepted for us, and then close the door: gunicorn leaves it ajar, and
        whoever comes while others are answered would wait there in vain."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                while select([listener], [], [], 0)[0]:
                    self.accept(listener)
                listener.close()

    def handle_quit(self, *arguments: Any) -> None:
        """The same on SIGINT and SIGQUIT, without waiting for the others."""
        stopping.set()
        super().handle_quit(*arguments)

    def handle_error(self, *arguments: Any) -> None:
        """Gunicorn leaves no other way to its page of HTML."""
        util.write_error = write_problem
        super().handle_error(*arguments)


def on_starting(_: Arbiter) -> None:
    """Before the first fork."""
    shared_files.begin()


def post_worker_init(_: Worker) -> None:
    """With the application in place."""
    keep_what_is_loaded()


def child_exit(_: Arbiter, worker: Worker) -> None:
    """However it ended. What goes wrong with its counts is no reason for the others to end."""
    try:
        shared_files.bury(worker.pid)
    except Exception as error:
        log.error("counts_not_kept", worker=worker.pid, error=repr(error))


def on_exit(_: Arbiter) -> None:
    """After the last worker."""
    shared_files.end()


workers = _SETTINGS.http_workers
worker_class = Worker
threads = _SETTINGS.http_threads
timeout = 60  # of a worker that gives no sign of life; a long answer in a thread does not count as that
graceful_timeout = math.ceil(_SETTINGS.stop_seconds)
keepalive = 15
limit_request_line = 8190  # the most gunicorn has: cursors carry the upstream's tokens
control_socket_disable = True
logger_class = RoutedLogger
