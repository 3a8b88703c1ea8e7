"""A service that answers by a script, for what a real one cannot be made to say: each request takes the next answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

LOST = 0  # as a status: the connection is cut without an answer


@dataclass(frozen=True)
class Said:
    status: int
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    """`says` are the answers to come; the last one is given again and again. `heard` are the requests."""

    address: str
    says: list[Said] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    def next(self) -> Said:
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


def problem(status: int, slug: str, detail: str, **members: Any) -> dict[str, Any]:
    return {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail, **members}


@contextmanager
def scripted_service() -> Iterator[Script]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.script = Script(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.script
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        script: Script = self.server.script
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        script.heard.append(Heard(self.command, self.path, dict(self.headers), body))
        said = script.next()
        if said.status == LOST:
            self.close_connection = True
            return
        text = b"" if said.document is None else json.dumps(said.document).encode()
        self.send_response(said.status)
        of_every_answer = {"Content-Length": str(len(text)), "X-Request-Id": "4711"}
        for name, value in {**of_every_answer, **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_DELETE = do_PUT = _answer

    def log_message(self, *_: Any) -> None:
        pass
