"""A careful caller of the REST API: each change has an Idempotency-Key, and is sent again until there is an answer."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

LONGEST_SECONDS = 15.0  # that any request may take, whatever is away
PATIENCE_SECONDS = 90.0  # until a change must have been taken
_PAUSE_SECONDS = 0.3
_AGAIN = {0, 429, 502, 503, 504}  # 0: no answer at all


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when the connection ended without an answer."""

    status: int
    seconds: float
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def slug(self) -> str:
        """The kind of problem, where it is one."""
        kind = self.headers.get("content-type", "")
        return self.json["type"].rpartition("/")[2] if kind.startswith("application/problem") else ""


@dataclass(frozen=True)
class Change:
    """A request that changes something, with the key it is sent under however often."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = "application/json"
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class Rest:
    """A caller of one facade. `seen` notes every answer to a change, for the invariants and the report."""

    port: int
    credentials: dict[str, str] = field(default_factory=dict)
    seen: list[Answer] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers)

    def get_json(self, path: str) -> Any:
        """What there is at `path`, asked for until it can be told."""
        return self._until(lambda: self.get(path), path).json

    def send(self, change: Change) -> Answer:
        """Once, whatever comes of it."""
        headers = {"Idempotency-Key": change.key, "Content-Type": change.content_type}
        answer = self.ask(change.method, change.path, change.body, headers)
        self.seen.append(answer)
        return answer

    def insist(self, change: Change) -> Answer:
        """Again and again under one key, until the service has said yes or no."""
        return self._until(lambda: self.send(change), f"{change.method} {change.path}")

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        began = monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2 * LONGEST_SECONDS)
        try:
            connection.request(method, path, body or None, self.credentials | headers)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, monotonic() - began, told, response.read())
        except (OSError, http.client.HTTPException):
            return Answer(0, monotonic() - began)
        finally:
            connection.close()

    def _until(self, ask: Callable[[], Answer], what: str) -> Answer:
        deadline = monotonic() + PATIENCE_SECONDS
        while (answer := ask()).status in _AGAIN or answer.slug == "request-in-flight":
            assert monotonic() < deadline, f"{what} was not answered: {answer}"
            sleep(_PAUSE_SECONDS)
        return answer


def json_change(method: str, path: str, **members: Any) -> Change:
    return Change(method, path, json.dumps(members).encode() if members else b"")
