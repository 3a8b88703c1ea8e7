"""The worker as a process of its own: it watches operations, outlives a SIGKILL of its predecessor, leaves nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

import psutil
import pytest
from keyed import client_over
from own_processes import over_http
from stub_upstream import StubUpstream
from test_facade_cache import until
from wsgi_seam import served

from service.commands import commands
from service.embedded.postgres import make_database
from service.embedded.program import Program, running
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET
from service.embedded.valkey import valkey_program, valkey_url
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.settings import Settings


@dataclass
class Worker:
    """The worker that `lookout up` starts, one at a time."""

    settings: Settings
    log: Path
    stack: ExitStack = field(default_factory=ExitStack)
    process: Popen | None = None

    def start(self) -> None:
        self.log.write_text("")
        program = Program(
            name="facade-worker",
            command=commands(self.settings)["facade-worker"],
            environment={**os.environ, **self.settings.environment()},
            ready=lambda: "ready." in self.log.read_text(errors="replace"),
        )
        self.process = self.stack.enter_context(running(program, self.log))


@pytest.fixture(scope="module")
def upstream() -> StubUpstream:
    return StubUpstream()


@pytest.fixture(scope="module")
def own_settings(session_folder, postgres_sockets, migrated_databases, s3_endpoint_url, upstream) -> Iterator[Settings]:
    """A queue, a database and a staging bucket, not made yet, that only the worker of these tests looks at."""
    folder = session_folder / "own-worker"
    with running(valkey_program(folder, folder), folder.with_suffix(".log")), served(over_http(upstream)) as url:
        yield Settings(
            redis_url=valkey_url(folder),
            facade_database_url=make_database(postgres_sockets, "facade_worker", migrated_databases["facade"]),
            s3_endpoint_url=s3_endpoint_url,
            lookoutequipment_endpoint_url=url,
            aws_access_key_id=DEFAULT_KEY_ID,
            aws_secret_access_key=DEFAULT_SECRET,
            data_dir=str(folder),
            staging_bucket="staging-of-the-worker",
        )


@pytest.fixture(scope="module")
def worker(own_settings, session_folder) -> Iterator[Worker]:
    worker = Worker(own_settings, session_folder / "worker.log")
    with worker.stack:
        worker.start()
        yield worker


@pytest.fixture
def client(own_settings, one_app):
    resources = join(own_settings, connect_queue(own_settings))
    yield client_over(resources, one_app)
    resources.close()


def test_the_worker_sees_an_operation_to_its_end_while_the_caller_waits(client, name, upstream, worker):
    upstream.add_scheduler(name)
    where = client.post(f"/v1/schedulers/{name}/stop").headers["Operation-Location"]
    upstream.calls.clear()
    until(lambda: "DescribeInferenceScheduler" in upstream.calls)
    upstream.schedulers[name]["Status"] = "STOPPED"

    operation = client.get(f"{where}?wait=20").json
    assert (operation["status"], operation["scheduler_status"]) == ("succeeded", "STOPPED")


def test_an_operation_outlives_the_worker_that_watched_it_and_no_process_is_left(client, name, upstream, worker):
    upstream.add_scheduler(name)
    where = client.delete(f"/v1/schedulers/{name}?force=true").headers["Operation-Location"]
    until(lambda: name in upstream.schedulers and upstream.schedulers[name]["Status"] == "STOPPING")
    family = psutil.Process(worker.process.pid).children(recursive=True)

    worker.process.send_signal(signal.SIGKILL)
    worker.process.wait(10)
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))
    upstream.schedulers[name]["Status"] = "STOPPED"
    worker.start()

    assert client.get(f"{where}?wait=25").json["status"] == "succeeded"
    assert name not in upstream.schedulers


def test_the_worker_makes_the_staging_bucket(own_settings, s3, worker):
    s3.head_bucket(Bucket=own_settings.staging_bucket)
