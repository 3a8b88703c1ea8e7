"""A caller of the REST API as anybody may write one: the standard library and nothing else."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy
PAUSE = 2.0  # seconds between two lines of progress


class DemoError(Exception):
    """The demo cannot go on. The message is what the user should read."""

    status: int | None = None
    """What the API answered, if that is the reason."""


class Rest:
    """The API at one address, with the key that opens it; an empty one where none is needed."""

    def __init__(self, address: str, key: str = "") -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str) -> dict[str, Any]:
        return self._send(urllib.request.Request(self.address + path, headers=self.headers))

    def find(self, path: str) -> dict[str, Any] | None:
        """The answer, or None if there is no such thing."""
        return self._send(urllib.request.Request(self.address + path, headers=self.headers), none_for=404)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._post(path, json.dumps(body).encode(), "application/json")

    def post_csv(self, path: str, text: str) -> dict[str, Any]:
        return self._post(path, text.encode(), "text/csv")

    def _post(self, path: str, body: bytes, content_type: str) -> dict[str, Any]:
        headers = self.headers | {"Content-Type": content_type}
        return self._send(urllib.request.Request(self.address + path, body, headers, method="POST"))

    def _send(self, request: urllib.request.Request, none_for: int = 0) -> Any:
        try:
            with _DIRECT.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == none_for:
                return None
            said = error.read().decode(errors="replace")
            refused = DemoError(f"{request.get_method()} {request.full_url} answered {error.code}: {said}")
            refused.status = error.code
            raise refused from error


def wait_until(
    what: str, ask: Callable[[], str | None], tell: Callable[[str], None] = print, seconds: float = 300.0
) -> None:
    """Ask every half second until there is nothing left to say; tell new answers, every two seconds at most.

    Raises:
        DemoError: it took too long.
    """
    began, told, last = time.monotonic(), -PAUSE, None
    while (state := ask()) is not None:
        now = time.monotonic() - began
        if state != last and now - told >= PAUSE:
            tell(f"    {what}: {state}")
            told, last = now, state
        if now > seconds:
            raise DemoError(f"{what} is still {state!r} after {seconds:.0f} s: the logs are in the folder log")
        time.sleep(0.5)
    tell(f"    {what}: done")
