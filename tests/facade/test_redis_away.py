"""Redis stopped while the facade serves: reading goes on, writes that need the queue say 503, nothing is lost."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyed import client_over
from problem_checks import problem_of
from test_facade_cache import until

from service.embedded.program import running
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.operations import sweep_operations
from service.facade.worker import create_worker

CSV = "Timestamp,flow,power\n2026-03-01T12:31:00,1,2\n"


class OwnValkey:
    """A server that this test alone stops and starts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stack = folder, ExitStack()

    def start(self) -> None:
        log = self.folder.with_suffix(".log")
        self.process = self.stack.enter_context(running(valkey_program(self.folder, self.folder), log))

    def stop(self) -> None:
        self.stack.close()


@pytest.fixture
def valkey(session_folder: Path, unique: str) -> Iterator[OwnValkey]:
    server = OwnValkey(session_folder / f"own-{unique}")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_settings(settings, valkey, fresh_facade_database_url):
    return replace(settings, redis_url=url_of_valkey(valkey.folder), facade_database_url=fresh_facade_database_url)


@pytest.fixture
def own_resources(own_settings, upstream):
    joined = join(own_settings, connect_queue(own_settings))
    upstream.behind(joined)
    yield joined
    joined.close()


@pytest.fixture
def client(one_app, own_resources):
    return client_over(own_resources, one_app)


def test_reads_answer_while_redis_is_stopped(client, name, upstream, valkey):
    upstream.add_scheduler(name)
    upstream.add_execution(name, 1772368200)
    operation = client.post(f"/v1/schedulers/{name}/stop").json
    client.get(f"/v1/schedulers/{name}")
    valkey.stop()

    for address in (
        f"/v1/schedulers/{name}",
        "/v1/schedulers",
        f"/v1/schedulers/{name}/executions",
        f"/v1/schedulers/{name}/predictions",
        f"/v1/schedulers/{name}/uploads",
        f"/v1/operations/{operation['id']}",
        "/v1/models",
        "/v1/models/pump-model",
        "/healthz",
        "/readyz",
    ):
        assert client.get(address).status_code == 200, address


def test_what_is_read_while_redis_is_stopped_is_never_stale(client, name, upstream, valkey):
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}")
    valkey.stop()
    upstream.schedulers[name]["Status"] = "STOPPED"

    assert client.get(f"/v1/schedulers/{name}").json["status"] == "STOPPED"


def test_writes_that_need_the_queue_say_503_with_retry_after_and_change_nothing(
    client, name, new_scheduler, upstream, valkey
):
    upstream.add_scheduler(name)
    valkey.stop()
    new_scheduler["inference_scheduler_name"] = f"{name}-new"

    for send in (
        lambda: client.post("/v1/schedulers", json=new_scheduler),
        lambda: client.post(f"/v1/schedulers/{name}/stop"),
        lambda: client.post(f"/v1/schedulers/{name}/start"),
        lambda: client.delete(f"/v1/schedulers/{name}?force=true"),
        lambda: client.post(f"/v1/schedulers/{name}/uploads?component=pump", data=CSV, content_type="text/csv"),
    ):
        response = send()
        problem_of(response, 503, "queue-unavailable")
        assert int(response.headers["Retry-After"]) > 0

    assert not [call for call in upstream.calls if not call.startswith(("Describe", "List"))]


def test_a_redis_that_hangs_refuses_writes_within_seconds(client, name, upstream, valkey):
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}")
    valkey.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        response = client.post(f"/v1/schedulers/{name}/stop")
        took = time.monotonic() - began
        assert client.get(f"/v1/schedulers/{name}").status_code == 200
    finally:
        valkey.process.send_signal(signal.SIGCONT)

    problem_of(response, 503, "queue-unavailable")
    assert took < 5


def test_writes_that_need_no_queue_go_on(client, name, upstream, valkey):
    upstream.add_scheduler(name, "STOPPED")
    valkey.stop()

    assert client.patch(f"/v1/schedulers/{name}", json={"data_upload_frequency": "PT10M"}).status_code == 200
    assert client.delete(f"/v1/schedulers/{name}").status_code == 204


def test_an_acknowledged_operation_whose_message_was_lost_with_redis_is_swept_up(
    client, name, upstream, valkey, own_settings, own_resources
):
    upstream.add_scheduler(name)
    operation = client.post(f"/v1/schedulers/{name}/stop").json
    upstream.schedulers[name]["Status"] = "STOPPED"
    valkey.stop()
    for file in valkey.folder.glob("appendonlydir/*"):
        file.unlink()  # whatever was in the queue is gone
    valkey.start()
    worker = create_worker(own_settings, own_resources)
    later = replace(own_resources, clock=lambda: datetime.now(UTC) + timedelta(seconds=30))

    sweep_operations(later)
    with worker.connection_for_read() as connection:
        message = connection.default_channel.basic_get("facade")
    assert message, "the sweep sent no nudge"
    worker.tasks[message.headers["task"]](*message.payload[0])

    assert client.get(f"/v1/operations/{operation['id']}").json["status"] == "succeeded"


def test_after_redis_is_back_everything_goes_on_without_a_restart(client, name, upstream, valkey):
    upstream.add_scheduler(name)
    client.get(f"/v1/schedulers/{name}")
    valkey.stop()
    assert client.get(f"/v1/schedulers/{name}").status_code == 200
    problem_of(client.post(f"/v1/schedulers/{name}/stop"), 503, "queue-unavailable")
    valkey.start()

    assert client.post(f"/v1/schedulers/{name}/stop").status_code == 202

    def cached_again() -> bool:
        client.get(f"/v1/schedulers/{name}")
        before = len(upstream.calls)
        client.get(f"/v1/schedulers/{name}")
        return len(upstream.calls) == before

    until(cached_again)


def test_without_redis_the_facade_is_ready_but_degraded(client, valkey):
    assert client.get("/readyz").json["checks"]["redis"]["status"] == "ok"
    valkey.stop()

    response = client.get("/readyz")

    assert (response.status_code, response.json["ready"], response.json["degraded"]) == (200, True, True)
    assert response.json["checks"]["redis"]["status"] == "failed"
    assert response.json["checks"]["redis"]["reason"]
