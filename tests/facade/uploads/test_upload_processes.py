"""Uploads through real processes: a worker that is killed halfway, and a server that is sent too much."""

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import Popen
from threading import Thread

import numpy as np
import pytest

from service.commands import commands
from service.embedded.program import Program, running
from service.embedded.valkey import valkey_program, valkey_url
from service.facade.domain.models import Component
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.uploads import accept_upload, show_upload
from service.settings import Settings

COMPONENTS = tuple(
    Component(
        component_name=f"component-{number:02}",
        timestamp_column="Timestamp",
        sensors=tuple(f"sensor-{number:02}-{at}" for at in range(6 if number < 2 else 5)),
    )
    for number in range(24)
)
MINUTES = 8 * 60  # benchmarks/uploads.py has a whole day


def one_shift() -> bytes:
    """122 sensors in 24 components, a row each minute of eight hours: 2,304 windows of five minutes."""
    names = [f"{entry.component_name}\\{sensor}" for entry in COMPONENTS for sensor in entry.sensors]
    values = np.random.default_rng(1).normal(size=(MINUTES, len(names))).round(4).astype(str)
    start = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
    times = [(start + timedelta(minutes=minute)).isoformat() for minute in range(MINUTES)]
    rows = [",".join((time, *cells)) for time, cells in zip(times, values.tolist(), strict=True)]
    return "\n".join([",".join(("time", *names)), *rows, ""]).encode()


@pytest.fixture
def settings(
    settings: Settings, session_folder: Path, unique: str, fresh_facade_database_url: str
) -> Iterator[Settings]:
    """A queue and a database that only the processes of this test look at."""
    folder = session_folder / f"upload-{unique}"
    with running(valkey_program(folder, folder), session_folder / f"upload-{unique}.log"):
        yield replace(settings, redis_url=valkey_url(folder), facade_database_url=fresh_facade_database_url)


@contextmanager
def process(name: str, settings: Settings, log: Path, ready: Callable[[], bool] = lambda: True) -> Iterator[Popen]:
    """One of the processes of `lookout up`, with its own settings."""
    environment = {**os.environ, **settings.environment()}
    program = Program(name=name, command=commands(settings)[name], environment=environment, ready=ready)
    with running(program, log) as started:
        yield started


def until(condition: Callable[[], bool], seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not in {seconds} s; the worker wrote:\n{log.read_text()[:20_000]}")
        time.sleep(0.05)


def files_by_hand(body: bytes) -> dict[str, str]:
    """Name -> ETag of every input file that the day gives, without the cutting that is tested."""
    lines = [line.split(",") for line in body.decode().splitlines()]
    header, rows = lines[0], lines[1:]
    files: dict[str, str] = {}
    for component in COMPONENTS:
        columns = [header.index(f"{component.component_name}\\{sensor}") for sensor in component.sensors]
        for at in range(0, MINUTES, 5):
            start = datetime.fromisoformat(rows[at][0]) - timedelta(minutes=1)
            content = ",".join(("Timestamp", *component.sensors)) + "\n"
            for row in rows[at : at + 5]:
                time = row[0].replace("+00:00", ".000000")
                content += ",".join((time, *(repr(float(row[column])) for column in columns))) + "\n"
            name = f"{component.component_name}_{start:%Y%m%d%H%M%S}.csv"
            files[name] = hashlib.md5(content.encode()).hexdigest()
    return files


def test_a_shift_of_122_sensors_survives_the_sigkill_of_its_worker(settings, resources, upstream, bucket, s3, tmp_path):
    log = tmp_path / "worker.log"
    upstream.add("plant", bucket, COMPONENTS)
    resources = replace(resources, queue=connect_queue(settings))
    body = one_shift()

    def written() -> dict[str, str]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="in/")
        return {entry["Key"][3:]: entry["ETag"].strip('"') for page in pages for entry in page.get("Contents", [])}

    with process("facade-worker", settings, log) as worker:
        blocks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        upload_id = accept_upload(resources, "default", "plant", [("shift.csv", blocks)]).id
        until(lambda: show_upload(resources, "default", upload_id).progress.files_written > 600, 60, log)
        worker.kill()
        worker.wait()
    half = written()
    assert 600 < len(half) < 2304
    upload = show_upload(resources, "default", upload_id)
    assert (upload.status, upload.progress.files_total) == ("running", 2304)
    with process("facade-worker", settings, log):
        until(lambda: show_upload(resources, "default", upload_id).status == "succeeded", 90, log)
    upload = show_upload(resources, "default", upload_id)
    assert vars(upload.progress) == {"files_total": 2304, "files_written": 2304, "rows_read": 480}
    assert written() == files_by_hand(body)


def test_a_worker_that_is_told_to_end_returns_its_upload_and_another_one_goes_on(
    settings, resources, upstream, bucket, tmp_path
):
    log = tmp_path / "worker.log"
    upstream.add("plant", bucket, COMPONENTS)
    resources = replace(resources, queue=connect_queue(settings))
    body = one_shift()

    with process("facade-worker", settings, log) as worker:
        upload_id = accept_upload(resources, "default", "plant", [("third.csv", [body])]).id
        until(lambda: show_upload(resources, "default", upload_id).progress.files_written > 0, 60, log)
        worker.terminate()
        assert worker.wait(30) == 0
    assert "upload_returned" in log.read_text()
    assert show_upload(resources, "default", upload_id).status == "running"
    with process("facade-worker", settings, log):
        until(lambda: show_upload(resources, "default", upload_id).status == "succeeded", 90, log)
    assert show_upload(resources, "default", upload_id).progress.files_written == 24 * 8 * 12


class KnowsNobody(BaseHTTPRequestHandler):
    """An engine without schedulers."""

    def do_POST(self) -> None:
        body = b'{"__type": "ResourceNotFoundException", "Message": "There is none."}'
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def empty_engine() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), KnowsNobody) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_closes_the_connection_of_a_body_over_the_limit_instead_of_reading_it(settings, tmp_path):
    address = (settings.bind_host, settings.facade_port)
    with (
        empty_engine() as engine,
        process(
            "facade",
            replace(settings, auth="off", lookoutequipment_endpoint_url=engine),
            tmp_path / "facade.log",
            lambda: answers(address),
        ),
        socket.create_connection(address, 10) as connection,
    ):
        lines = ["POST /v1/schedulers/any/uploads HTTP/1.1", "Host: 127.0.0.1", "Content-Type: text/csv"]
        connection.sendall("\r\n".join([*lines, f"Content-Length: {2 * 1024**3}", "", ""]).encode())
        sent, answer = 0, b""
        with suppress(ConnectionError):
            while sent < 512 * 1024**2 and b"\r\n\r\n" not in answer:
                sent += connection.send(b"x" * 65536)
                connection.setblocking(False)
                with suppress(BlockingIOError):
                    answer += connection.recv(65536)
                connection.settimeout(10)
        with suppress(OSError):  # what came before a reset can still be read after it
            answer = answer or connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert sent < 64 * 1024**2
        with suppress(ConnectionError):  # a reset is as good as an end
            while connection.recv(65536):
                pass
            connection.sendall(b"x" * 64 * 1024**2)
            pytest.fail("the server went on reading")


def answers(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, 1).close()
    except OSError:
        return False
    return True
