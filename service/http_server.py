"""How gunicorn serves either house: read by gunicorn itself (`--config python:service.http_server`)."""

import json
from socket import socket
from typing import Any

from gunicorn import util
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from service.logs import configure_logs
from service.settings import load_settings

_SETTINGS = load_settings()


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
    def handle_error(self, *arguments: Any) -> None:
        """Gunicorn leaves no other way to its page of HTML."""
        util.write_error = write_problem
        super().handle_error(*arguments)


workers = _SETTINGS.http_workers
worker_class = Worker
threads = _SETTINGS.http_threads
timeout = 60  # of a worker that gives no sign of life; a long answer in a thread does not count as that
graceful_timeout = 3
keepalive = 15
limit_request_line = 8190  # the most gunicorn has: cursors carry the upstream's tokens
control_socket_disable = True
logger_class = RoutedLogger
