"""An S3 endpoint that passes everything on to a real one, but answers for one prefix only when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

LONGEST_WAIT = 30.0  # seconds; a test that forgets to let go ends all the same


@contextmanager
def slow_for(prefix: str, endpoint_url: str) -> Iterator[tuple[str, Event]]:
    """The URL of the endpoint, and what lets the answers for that prefix go."""
    real, let_go = urlsplit(endpoint_url).netloc, Event()

    class Passed(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            if prefix in unquote(self.path):
                let_go.wait(LONGEST_WAIT)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            onward = HTTPConnection(real)
            onward.request(self.command, self.path, body, dict(self.headers))  # the Host is signed, and stays
            answer = onward.getresponse()
            content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            onward.close()

        do_GET = do_PUT = do_HEAD = do_POST = _pass_on

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passed)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", let_go
    finally:
        let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
