"""Workers killed on the way from an incident to its receiver: it arrives, and once wherever that can be known."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from keyed import client_over
from own_processes import worker
from receiving import Receiver, Says

from service.commands import commands
from service.facade.domain.collecting import CollectedResult
from service.facade.domain.predictions import Prediction
from service.facade.resources import Resources, join
from service.facade.store import collecting, watched_schedulers
from service.facade.store.predictions import replace_windows
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.notifying import TELL_ANOMALIES
from service.settings import Settings

# The dispatcher of a worker in a process of its own; after having dealt the feed out it says so and goes no further.
DISPATCHER = """
import sys, time
from service.facade.resources import join
from service.facade.usecases import webhook_work
from service.settings import load_settings

class Queue:
    def send(self, *_, **__):
        pass

def stop(*_):
    print("there", flush=True)
    time.sleep(60)

if sys.argv[1] == "dealt":
    webhook_work._Couriers.send_out = stop
webhook_work.deliver_webhooks(join(load_settings(), Queue()))
"""
# The worker as it is, but for the moment at which a notification would be written down.
STOPPING_WORKER = """
import sys, time
from pathlib import Path
from service.facade.store import notifications

def stop(*_):
    Path(place).write_text("there")
    time.sleep(60)

notifications.record, place = stop, sys.argv.pop(1)
from celery.__main__ import main
main()
"""


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} seconds: {what}"
        time.sleep(0.02)


@contextmanager
def dispatcher(resources: Resources, place: str) -> Iterator[subprocess.Popen]:
    allowed = replace(resources.settings, webhook_allowed_networks="127.0.0.0/8")
    environment = {**os.environ, **allowed.environment()}
    command = [sys.executable, "-c", DISPATCHER, place]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


@pytest.mark.parametrize(("place", "calls"), [("dealt", 1), ("answering", 2)])
def test_a_delivery_outlives_its_dispatcher_and_comes_twice_only_where_the_answer_was_lost(
    register, tell, deliver, deliveries, resources, receiver, clock, place, calls
):
    webhook, let_go = register(), Event()
    receiver.answer = lambda call: Says(204 if let_go.wait(20) else 500)
    message_id = tell()

    with dispatcher(resources, place) as process:
        if place == "dealt":
            assert process.stdout.readline() == b"there\n"
        until(lambda: len(receiver.calls) == calls - 1, "the first call")
        process.kill()
        process.wait()
        assert deliveries(webhook)[0]["status"] == "queued"
        let_go.set()
        clock.forward(minutes=2)  # the other process has a clock of its own
        until(lambda: deliver() or deliveries(webhook)[0]["status"] == "succeeded", "the delivery")

    assert receiver.message_ids == [message_id] * calls


# --- the whole way


@pytest.fixture
def own_settings(own_settings: Settings) -> Settings:
    return replace(own_settings, webhook_allowed_networks="127.0.0.0/8")


def stopping_worker(settings: Settings, at: Path) -> tuple[str, ...]:
    """The command of a worker that stands still, and writes a file, before it tells."""
    python, _, _, *arguments = commands(settings)["facade-worker"]  # python -m celery …
    return python, "-c", STOPPING_WORKER, str(at), *arguments


def turn_anomalous(resources: Resources, upstream, name: str) -> None:
    """What the collector writes down, and whom it nudges, when a pump has gone wrong a moment ago."""
    arn = upstream.schedulers[name]["InferenceSchedulerArn"]
    window = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=6)
    rows = [Prediction(window + timedelta(minutes=n), 1, None, 0.9, ("pump\\flow",), (1.0,)) for n in range(1, 6)]
    result = CollectedResult(data_start_time=window, etag="1", source=None)
    with resources.begin() as unit:
        followed = collecting.follow(unit.db, arn, name, "default")
        watched_schedulers.hold(unit.db, followed.id, window - timedelta(hours=1))
        replace_windows(unit.db, followed.id, {window: rows})
        collecting.record_results(unit.db, followed.id, [result], window)
        unit.send(TELL_ANOMALIES, str(followed.id))


def test_an_incident_whose_worker_was_killed_before_it_was_told_arrives_once(
    own_settings, one_app, upstream, name, receiver: Receiver, tmp_path
):
    upstream.add_scheduler(name)
    resources = join(own_settings, connect_queue(own_settings))
    client = client_over(resources, one_app)
    webhook = client.post("/v1/webhooks", json={"url": receiver.url, "types": ["anomaly.opened"]}).json
    turn_anomalous(resources, upstream, name)
    there, log = tmp_path / "there", tmp_path / "worker.log"

    with worker(own_settings, log, stopping_worker(own_settings, there)) as first:
        until(there.exists, "the incident is found")
        first.kill()
        first.wait()
    assert receiver.calls == []
    with worker(own_settings, log):
        until(lambda: receiver.calls, "the notification arrives")
        until(lambda: statuses(client, webhook) == ["succeeded"], "its delivery has ended")

    [call] = receiver.calls
    assert call.verified(webhook["secret"])["data"]["inference_scheduler_name"] == name
    resources.close()


def statuses(client, webhook: dict) -> list[str]:
    listed = client.get(f"/v1/webhooks/{webhook['id']}/deliveries").json["deliveries"]
    return [delivery["status"] for delivery in listed]
