"""Uploads through real processes: a worker that is killed halfway, and a server that is sent too much."""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from service.embedded.program import Program, running
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
MINUTES = 24 * 60


def one_day() -> bytes:
    """122 sensors in 24 components, a row each minute: 6,912 windows of five minutes."""
    names = [f"{entry.component_name}\\{sensor}" for entry in COMPONENTS for sensor in entry.sensors]
    values = np.random.default_rng(1).normal(size=(MINUTES, len(names))).round(4).astype(str)
    start = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
    times = [(start + timedelta(minutes=minute)).isoformat() for minute in range(MINUTES)]
    rows = [",".join((time, *cells)) for time, cells in zip(times, values.tolist(), strict=True)]
    return "\n".join([",".join(("time", *names)), *rows, ""]).encode()


@contextmanager
def worker(settings: Settings, log: Path) -> Iterator:
    """A Celery worker as `lookout up` and the compose file start it."""
    celery = (sys.executable, "-m", "celery", "-A", "service.facade.worker:celery_app")
    options = ("worker", "-B", "--pool", "threads", "--concurrency", "2", "--without-mingle", "--without-gossip")
    program = Program(
        name="facade-worker", command=(*celery, *options), environment={**os.environ, **settings.environment()}
    )
    with running(program, log) as process:
        yield process


def until(condition: Callable[[], bool], seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not in {seconds} s; the worker wrote:\n{log.read_text()[-3000:]}")
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


def test_a_day_of_122_sensors_survives_the_sigkill_of_its_worker(settings, resources, upstream, bucket, s3, tmp_path):
    log = tmp_path / "worker.log"
    upstream.add("plant", bucket, COMPONENTS)
    resources = replace(resources, queue=connect_queue(settings))
    body = one_day()

    def written() -> dict[str, str]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="in/")
        return {entry["Key"][3:]: entry["ETag"].strip('"') for page in pages for entry in page.get("Contents", [])}

    with worker(settings, log) as process:
        blocks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        upload_id = accept_upload(resources, "plant", [("day.csv", blocks)]).id
        until(lambda: show_upload(resources, upload_id).progress.files_written > 2000, 60, log)
        process.kill()
        process.wait()
    half = written()
    assert 2000 < len(half) < 6912
    upload = show_upload(resources, upload_id)
    assert (upload.status, upload.progress.files_total) == ("running", 6912)
    with worker(settings, log):
        until(lambda: show_upload(resources, upload_id).status == "succeeded", 90, log)
    upload = show_upload(resources, upload_id)
    assert vars(upload.progress) == {"files_total": 6912, "files_written": 6912, "rows_read": 1440}
    assert written() == files_by_hand(body)


def test_a_server_closes_the_connection_of_a_body_over_the_limit_instead_of_reading_it(settings, tmp_path, free_port):
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "2")
    program = Program(
        name="facade",
        command=(*command, "--bind", f"127.0.0.1:{port}", "service.facade.app:create_wsgi_app()"),
        environment={**os.environ, **settings.environment()},
        ready=lambda: answers(port),
    )
    with running(program, tmp_path / "facade.log"), socket.create_connection(("127.0.0.1", port), 10) as connection:
        lines = ["POST /v1/schedulers/any/uploads HTTP/1.1", "Host: facade", "Content-Type: text/csv"]
        connection.sendall("\r\n".join([*lines, f"Content-Length: {2 * 1024**3}", "", ""]).encode())
        sent, answer = 0, b""
        with suppress(ConnectionError):
            while sent < 512 * 1024**2 and b"\r\n\r\n" not in answer:
                sent += connection.send(b"x" * 65536)
                connection.setblocking(False)
                with suppress(BlockingIOError):
                    answer += connection.recv(65536)
                connection.settimeout(10)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert sent < 64 * 1024**2
        with suppress(ConnectionError):  # a reset is as good as an end
            while connection.recv(65536):
                pass
            connection.sendall(b"x" * 64 * 1024**2)
            pytest.fail("the server went on reading")


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
