"""An identity provider on this machine: discovery and keys over HTTP, and tokens as it would sign them."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

AUDIENCE = "lookout"


class Issuer:
    """`keys` are those it publishes; `documents` may replace what it answers at a path."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: list[Key] = [new_key("first")]
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        if path in self.documents:
            return self.documents[path]
        if path == "/.well-known/openid-configuration":
            return self.discovery()
        return {"keys": [key.as_dict(private=False) for key in self.keys]} if path == "/keys" else None

    def discovery(self) -> dict[str, Any]:
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}

    def answer_form(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """What it answers to a POST: status and document."""
        return 404, {"error": f"nothing takes a form at {path}"}

    def token(self, key: Key | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is valid where nothing else is said; a claim of None is left out."""
        key = key or self.keys[0]
        now = int(time.time())
        told = {"iss": self.url, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 60, "team": "plant"}
        told |= {"scope": "openid read"} | claims
        algorithm = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}[key.key_type]
        named = {"alg": algorithm, "kid": key.kid} | (header or {})
        known = {name: value for name, value in told.items() if value is not None}
        return jwt.encode({name: value for name, value in named.items() if value is not None}, known, key, [algorithm])


def new_key(kid: str, kind: str = "RSA") -> Key:
    parameters = {"kid": kid, "use": "sig"}
    if kind == "RSA":
        return RSAKey.generate_key(2048, parameters)
    return ECKey.generate_key("P-256", parameters) if kind == "EC" else OKPKey.generate_key("Ed25519", parameters)


@contextmanager
def serving_issuer(kind: type[Issuer] = Issuer) -> Iterator[Any]:
    """Runs until the block ends; from then on it is away."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = server.issuer = kind(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = self.server.issuer.answer(self.path)
        if isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.end_headers()
            return
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_body(404 if answer is None else 200, body)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form, authorization = dict(parse_qsl(sent)), self.headers.get("Authorization", "")
        status, document = self.server.issuer.answer_form(self.path, form, authorization)
        self.send_body(status, json.dumps(document).encode())

    def send_body(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
