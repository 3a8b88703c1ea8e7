"""Streams over the real server: sockets, threads, and its end."""

import http.client
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from keyed import bearer, new_key
from sqlalchemy import text
from test_facade_cache import until
from watched_plant import NOON

from service.commands import commands, health_url
from service.embedded.probe import answers_http
from service.embedded.program import Program, running
from service.facade.domain.notifications import Notification
from service.facade.usecases.notifying import notify

PATIENCE_SECONDS = 20
_LISTENER = text("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()")


@dataclass
class Listener:
    """Reads one stream at a time, and comes again with the last `id` that it saw."""

    address: str
    headers: dict[str, str]
    seen: list[str] = field(default_factory=list)
    place: str | None = None

    def connect(self) -> http.client.HTTPResponse:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE_SECONDS)
        came_from = {"Last-Event-ID": self.place} if self.place else {}
        self.connection.request("GET", "/v1/stream", headers={"Accept-Encoding": "gzip", **self.headers, **came_from})
        self.response = self.connection.getresponse()
        return self.response

    def read(self, count: int) -> None:
        """Until so many events were seen, or the stream ends."""
        wanted = len(self.seen) + count
        while len(self.seen) < wanted and (line := self.response.readline()):
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                self.place = value
            elif name == "data":
                self.seen.append(json.loads(value)["data"]["n"])

    def listen(self, most: int) -> None:
        """Come again until so many were seen, seven at a time."""
        while (left := most - len(self.seen)) > 0:
            until(lambda: self.connect().status == 200)  # the server may not have noticed yet who is gone
            with closing(self):
                self.read(min(left, 7))

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@dataclass(frozen=True)
class Served:
    address: str
    listener: Callable[[], Listener]
    tell: Callable[[str], None]
    pid: int


@pytest.fixture
def serve(settings, resources, free_port, tmp_path, team) -> Iterator[Callable[..., Served]]:
    """Start the server that `lookout up` starts, with two threads and three streams."""

    def tell(name: str) -> None:
        with resources.begin() as unit:
            incident = f"{team}:{name}"
            one = Notification(type="upload.finished", team=team, incident=incident, occurred_at=NOON, data={"n": name})
            notify(unit, [one], resources.clock())

    with ExitStack() as stack:

        def start() -> Served:
            here = replace(
                settings, facade_port=free_port(), http_threads=2, max_streams=3, stream_heartbeat_seconds=0.3
            )
            url = health_url(here, "facade")
            program = Program(
                name="facade",
                command=commands(here)["facade"],
                environment={**os.environ, **here.environment()},
                ready=lambda: answers_http(url),
            )
            process = stack.enter_context(running(program, tmp_path / "facade.log"))
            address = url.removesuffix("/healthz")
            headers = bearer(new_key(resources, team))
            return Served(address, lambda: Listener(address, headers), tell, process.pid)

        yield start


def test_a_listener_that_comes_again_and_again_misses_nothing_and_sees_nothing_twice(serve, plant, resources):
    """While others tell at the same time, and PostgreSQL ends the connection that the server listens on."""
    served = serve()
    listener = served.listener()
    listener.connect()
    listener.response.readline()  # it has begun: what is told from now on is to be seen
    expected = [f"{writer}-{number}" for writer in range(4) for number in range(15)]

    with ThreadPoolExecutor(4) as writers:
        telling = [
            writers.submit(lambda of=writer: [served.tell(f"{of}-{number}") for number in range(15)])
            for writer in range(4)
        ]
        listener.read(1)
        listener.close()
        listener.listen(30)
        with resources.database.begin() as db:
            for pid in list(db.scalars(_LISTENER)):
                db.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        listener.listen(len(expected))
        for one in telling:
            one.result()

    assert sorted(listener.seen) == sorted(expected)
    assert listener.seen == [told.data["n"] for told in plant.feed()]


def test_streams_leave_threads_to_requests_end_with_their_listeners_and_with_the_server(serve):
    served = serve()
    listeners = [served.listener() for _ in range(3)]
    for listener in listeners:
        response = listener.connect()
        assert (response.status, response.getheader("Content-Encoding")) == (200, None)
        assert response.getheader("Cache-Control") == "no-store"
        assert response.readline() == b"retry: 3000\n"
    late = served.listener()
    assert (late.connect().status, late.response.getheader("Retry-After")) == (503, "5")
    late.close()
    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(lambda _: urlopen(f"{served.address}/healthz", timeout=10).status == 200, range(4)))

    listeners.pop().close()  # without a word: the next sign of life finds nobody
    until(lambda: late.connect().status == 200, seconds=PATIENCE_SECONDS)

    os.kill(served.pid, signal.SIGTERM)
    for listener in [*listeners, late]:
        listener.read(1)
        assert listener.response.isclosed()  # it came to its end, and was not cut off
        listener.close()
