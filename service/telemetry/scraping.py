"""Who may scrape, and a port to scrape for processes that serve no HTTP themselves."""

import hmac
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread

import structlog

from service.settings import Settings
from service.telemetry.exposition import exposition

log = structlog.get_logger(__name__)


def may_scrape(settings: Settings, authorization: str) -> bool:
    """Whether a request with this header `Authorization` may see the metrics. They tell of every team, so no key of a
    team opens them: the token of the settings does, and where that is empty nothing."""
    scheme, _, token = authorization.partition(" ")
    wanted = settings.metrics_token
    given = token.strip().encode()
    return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(given, wanted.encode())


def serve_metrics(settings: Settings, process: str) -> ThreadingHTTPServer | None:
    """Answer `GET /metrics` on a port of this process, where the settings name one, from a thread that ends with it. A
    port that is taken is said in the log and keeps no work from being done."""
    if not settings.metrics_port:
        return None
    handler = type("Handler", (_Handler,), {"settings": settings, "process": process})
    try:
        server = _Server(settings.bind_host, settings.metrics_port, handler)
    except OSError as error:
        place = f"{settings.bind_host}:{settings.metrics_port}"
        log.error("metrics_not_served", place=place, error=str(error), hint="choose another LOOKOUT_METRICS_PORT")
        return None
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        """Without the look-up of our own name, which may take seconds."""
        TCPServer.server_bind(self)


class _Handler(BaseHTTPRequestHandler):
    settings: Settings
    process: str
    timeout = 5  # seconds that a caller may take to say what they want

    def do_GET(self) -> None:
        """One path, two ways to be refused."""
        if self.path != "/metrics":
            self._send(404, b"There is /metrics.\n")
        elif not may_scrape(self.settings, self.headers.get("Authorization", "")):
            self._send(401, b"Send `Authorization: Bearer` with LOOKOUT_METRICS_TOKEN.\n")
        else:
            body, content_type = exposition(self.headers.get("Accept", ""), self.process)
            self._send(200, body, content_type)

    def _send(self, status: int, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Bearer realm="lookout metrics"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Scrapes are no news."""
