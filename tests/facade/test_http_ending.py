"""A facade that is told to end while it is asked a lot: what it took up is answered, and it ends in time."""

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import Popen
from threading import Event
from urllib.request import urlopen

import pytest
from own_processes import over_http
from test_facade_cache import until
from test_http_process import answers
from wsgi_seam import served

from service.commands import commands, health_url
from service.embedded.program import Program, running
from service.facade.usecases.schedulers import stop_scheduler
from service.settings import Settings

STOP_SECONDS = 6.0
CALLERS = 8
PATIENCE = 8.0  # with a machine that does other things as well
CSV = b"Timestamp,flow,power\n2026-03-01T12:01:00Z,5.0,7.0\n"


@pytest.fixture
def own(settings: Settings, upstream) -> Iterator[Settings]:
    with served(over_http(upstream)) as url:
        yield replace(settings, auth="off", lookoutequipment_endpoint_url=url, stop_seconds=STOP_SECONDS, rate_limit="")


@contextmanager
def facade(settings: Settings, log: Path) -> Iterator[Popen]:
    program = Program(
        name="facade",
        command=commands(settings)["facade"],
        environment={**os.environ, **settings.environment()},
        ready=lambda: answers(health_url(settings, "facade")),
    )
    with running(program, log) as process:
        yield process


@dataclass
class Callers:
    """Requests one after the other, half of them over connections that stay open, until nobody is there any more."""

    port: int
    answered: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def ask(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for count in range(1_000_000):
            request_id = f"caller-{number}-{count}"
            try:
                connection.request("GET", "/v1/models?limit=1", headers={"X-Request-Id": request_id})
                connection.getresponse().read()
                self.answered.append(request_id)
            except ConnectionRefusedError:
                return
            except (http.client.IncompleteRead, http.client.BadStatusLine, ConnectionError):
                self.cut.append(request_id)  # perhaps before anybody took it up: the log knows
            if number % 2 or self.stop.is_set():
                connection.close()


def taken_up(log: Path) -> set[str]:
    """The ids of all requests that the facade says it has handled."""
    lines = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return {
        line["request_id"] for line in lines if line["event"] == "request_handled" and "caller-" in line["request_id"]
    }


def test_what_was_taken_up_is_answered_and_then_it_ends(own, tmp_path):
    log, callers = tmp_path / "facade.log", Callers(own.facade_port)
    with facade(own, log) as process, ThreadPoolExecutor(CALLERS) as pool:
        asking = [pool.submit(callers.ask, number) for number in range(CALLERS)]
        until(lambda: len(callers.answered) > 10 * CALLERS)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS + PATIENCE) == 0
        for one in asking:
            one.result()
    assert taken_up(log) <= set(callers.answered)
    assert len(callers.cut) <= CALLERS  # who was on the way at that very moment, once


def test_who_waits_is_answered_at_once_and_an_upload_is_received_to_its_end(own, resources, upstream, name, tmp_path):
    upstream.add_scheduler(name)
    operation = stop_scheduler(resources, "default", name)
    with facade(own, tmp_path / "facade.log") as process, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(urlopen, f"http://127.0.0.1:{own.facade_port}/v1/operations/{operation.id}?wait=25")
        with socket.create_connection(("127.0.0.1", own.facade_port), 10) as sender:
            head = f"POST /v1/schedulers/{name}/uploads?component=pump HTTP/1.1\r\nHost: localhost\r\n"
            told = f"Content-Type: text/csv\r\nContent-Length: {len(CSV)}\r\nExpect: 100-continue\r\n\r\n"
            sender.sendall(f"{head}{told}".encode())
            assert sender.recv(100).startswith(b"HTTP/1.1 100 ")
            sender.sendall(CSV[:20])
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert json.load(waiting.result())["status"] == "running"
            assert time.monotonic() - began < 10
            time.sleep(1)  # a caller who is slow
            sender.sendall(CSV[20:])
            answer = sender.recv(4000)
            assert answer.startswith(b"HTTP/1.1 202 "), answer
        assert process.wait(STOP_SECONDS + PATIENCE) == 0


def test_what_takes_longer_than_the_bound_is_cut(own, upstream, name, tmp_path):
    upstream.add_scheduler(name)
    hurried = replace(own, stop_seconds=1.0)
    with (
        facade(hurried, tmp_path / "facade.log") as process,
        socket.create_connection(("127.0.0.1", own.facade_port), 10) as sender,
    ):
        head = f"POST /v1/schedulers/{name}/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
        sender.sendall(f"{head}Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n".encode())
        assert sender.recv(100).startswith(b"HTTP/1.1 100 ")
        process.send_signal(signal.SIGTERM)
        process.wait(1 + PATIENCE)
