"""A receiver of webhooks: a real HTTP server that notes every call and answers what the test says."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Call:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body)

    def signature(self, secret: str) -> str:
        """What the library would have signed this call with."""
        sent_at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(self.message_id, sent_at, self.body.decode())

    def verified(self, secret: str) -> Any:
        """The payload, if the independent library finds the signature right and the time near."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass(frozen=True)
class Says:
    status: int = 204
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Receiver:
    """`answer` is asked for each call; it may wait."""

    port: int
    scheme: str = "http"
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Says] = lambda call: Says()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    def says(self, *answers: Says) -> None:
        """These answers one after the other, the last one for good."""
        left = list(answers)
        self.answer = lambda call: left.pop(0) if len(left) > 1 else left[0]

    @property
    def message_ids(self) -> list[str]:
        return [call.message_id for call in self.calls]


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a port that was free, until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(server.server_port, "https" if tls else "http")
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Callers that hang up are no news."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        call = Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        receiver.calls.append(call)
        said = receiver.answer(call)
        self.send_response(said.status)
        for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body)

    def log_message(self, *_: Any) -> None:
        pass
