"""Uploads through real processes: a worker that is killed halfway, and one that is told to end."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

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
MINUTES = 4 * 60  # benchmarks/uploads.py has a whole day
FILES = len(COMPONENTS) * MINUTES // 5


def four_hours() -> bytes:
    """122 sensors in 24 components, a row each minute of four hours: 1,152 windows of five minutes."""
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


@pytest.fixture
def written(s3, bucket: str) -> Callable[[], dict[str, str]]:
    """Name -> ETag of the input files that are there by now."""
    pages = s3.get_paginator("list_objects_v2")

    def read() -> dict[str, str]:
        found = (page.get("Contents", []) for page in pages.paginate(Bucket=bucket, Prefix="in/"))
        return {entry["Key"].removeprefix("in/"): entry["ETag"].strip('"') for page in found for entry in page}

    return read


def test_an_upload_of_122_sensors_survives_the_sigkill_of_its_worker(
    settings, resources, upstream, bucket, written, tmp_path
):
    log = tmp_path / "worker.log"
    upstream.add("plant", bucket, COMPONENTS)
    resources = replace(resources, queue=connect_queue(settings))
    body = four_hours()

    with process("facade-worker", settings, log) as worker:
        blocks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        upload_id = accept_upload(resources, "default", "plant", [("hours.csv", blocks)]).id
        until(lambda: len(written()) > 200, 60, log)
        worker.kill()
        worker.wait()
    half = written()
    assert 200 < len(half) < FILES
    upload = show_upload(resources, "default", upload_id)
    assert (upload.status, upload.progress.files_total) == ("running", FILES)
    with process("facade-worker", settings, log):
        until(lambda: show_upload(resources, "default", upload_id).status == "succeeded", 90, log)
    upload = show_upload(resources, "default", upload_id)
    assert vars(upload.progress) == {"files_total": FILES, "files_written": FILES, "rows_read": MINUTES}
    assert written() == files_by_hand(body)


def test_a_worker_that_is_told_to_end_returns_its_upload_and_another_one_goes_on(
    settings, resources, upstream, bucket, written, tmp_path
):
    log = tmp_path / "worker.log"
    upstream.add("plant", bucket, COMPONENTS)
    resources = replace(resources, queue=connect_queue(settings))
    body = four_hours()

    with process("facade-worker", settings, log) as worker:
        upload_id = accept_upload(resources, "default", "plant", [("third.csv", [body])]).id
        until(lambda: bool(written()), 60, log)
        worker.terminate()
        assert worker.wait(30) == 0
    assert "upload_returned" in log.read_text()
    assert show_upload(resources, "default", upload_id).status == "running"
    with process("facade-worker", settings, log):
        until(lambda: show_upload(resources, "default", upload_id).status == "succeeded", 90, log)
    assert show_upload(resources, "default", upload_id).progress.files_written == FILES
