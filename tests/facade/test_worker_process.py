"""The worker as a process of its own: it watches operations, outlives a SIGKILL of its predecessor, leaves nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from subprocess import Popen

import psutil
import pytest
from keyed import client_holding, new_key
from test_facade_cache import until

from service.commands import commands
from service.embedded.program import Program, running
from service.facade.app import create_app
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue


@pytest.fixture
def client(own_settings):
    resources = join(own_settings, connect_queue(own_settings))
    yield client_holding(new_key(resources), create_app(own_settings, resources))
    resources.close()


@pytest.fixture
def start_worker(own_settings, tmp_path) -> Iterator:
    """Start the worker that `lookout up` starts."""
    program = Program(
        name="facade-worker",
        command=commands(own_settings)["facade-worker"],
        environment={**os.environ, **own_settings.environment()},
        ready=lambda: "ready." in (tmp_path / "worker.log").read_text(errors="replace"),
    )
    with ExitStack() as stack:

        def start() -> Popen:
            (tmp_path / "worker.log").write_text("")
            return stack.enter_context(running(program, tmp_path / "worker.log"))

        yield start


def test_the_worker_sees_an_operation_to_its_end_while_the_caller_waits(client, name, upstream, start_worker):
    upstream.add_scheduler(name)
    start_worker()

    where = client.post(f"/v1/schedulers/{name}/stop").headers["Operation-Location"]
    until(lambda: upstream.calls.count("DescribeInferenceScheduler") >= 2)
    upstream.schedulers[name]["Status"] = "STOPPED"

    operation = client.get(f"{where}?wait=20").json
    assert (operation["status"], operation["scheduler_status"]) == ("succeeded", "STOPPED")


def test_an_operation_outlives_the_worker_that_watched_it_and_no_process_is_left(client, name, upstream, start_worker):
    upstream.add_scheduler(name)
    worker = start_worker()
    where = client.delete(f"/v1/schedulers/{name}?force=true").headers["Operation-Location"]
    until(lambda: name in upstream.schedulers and upstream.schedulers[name]["Status"] == "STOPPING")
    family = psutil.Process(worker.pid).children(recursive=True)

    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in family))
    upstream.schedulers[name]["Status"] = "STOPPED"
    start_worker()

    assert client.get(f"{where}?wait=25").json["status"] == "succeeded"
    assert name not in upstream.schedulers


def test_the_worker_makes_the_staging_bucket(own_settings, client, s3, start_worker):
    s3.delete_bucket(Bucket=own_settings.staging_bucket)

    start_worker()

    s3.head_bucket(Bucket=own_settings.staging_bucket)
