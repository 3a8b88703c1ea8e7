"""Late data and dry runs over the real engine: what the facade says is what the engine does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from engine_world import Clock
from keyed import client_over
from nudges import Nudges
from plant import MINUTE, Plant, plant_of
from wsgi_seam import led_in_process

from service.engine.app import create_app as create_engine
from service.engine.resources import RememberingQueue, join_resources
from service.engine.work.inference import inputs
from service.facade.resources import Resources, join
from service.facade.usecases.healing import heal_scheduler
from service.facade.usecases.replay_work import sweep_replays

FIVE = 5 * MINUTE


@pytest.fixture
def newest() -> datetime:
    """The end of a window that ended a while ago; files are written in real time."""
    now = datetime.now(UTC)
    return now - (now - datetime(1970, 1, 1, tzinfo=UTC)) % FIVE - 10 * MINUTE


@pytest.fixture
def machine(settings, fresh_engine_database_url, s3, bucket, name, newest) -> Iterator[Plant]:
    """The real engine with a scheduler that has been active for half an hour."""
    chosen = replace(settings, engine_database_url=fresh_engine_database_url, engine_bucket=bucket)
    joined = replace(join_resources(chosen, RememberingQueue(), threads=4), clock=Clock())
    plant = plant_of(joined, s3, bucket, settings.aws_region)
    plant.scheduler(name, since=(newest - 30 * MINUTE).replace(tzinfo=None).isoformat())
    yield plant
    joined.database.dispose()


@pytest.fixture
def facade(settings, machine) -> Iterator[Resources]:
    joined = join(settings, Nudges())
    for boto in vars(joined.schedulers.upstream).values():
        led_in_process(boto, create_engine(machine.resources.settings, machine.resources))
    yield replace(joined, clock=lambda: datetime.now(UTC) + timedelta(seconds=30))
    joined.close()


@pytest.fixture
def client(one_app, facade):
    return client_over(facade, one_app)


def stop(machine: Plant, name: str) -> None:
    """Runs of its own would come in real time."""
    machine.client.stop_inference_scheduler(InferenceSchedulerName=name)
    machine.pass_time(datetime.now(UTC))


def test_a_window_whose_data_come_late_ends_with_its_predictions(client, facade, machine, name, newest):
    machine.feed(newest - FIVE, newest, but="pump")
    machine.pass_time(newest + timedelta(seconds=2))
    stop(machine, name)
    (failed,) = client.get(f"/v1/schedulers/{name}/executions?limit=1").json["executions"]
    assert (failed["failure_code"], failed["healed"]) == ("missing_input_file", None)
    heal_scheduler(facade, name)
    assert machine.resources.queue.sent == []

    machine.feed(newest - FIVE, newest)
    heal_scheduler(facade, name)
    machine.work()
    sweep_replays(facade)

    (healed,) = client.get(f"/v1/schedulers/{name}/executions?limit=1").json["executions"]
    assert (healed["status"], healed["healed"]["reason"], healed["healed"]["status"]) == (
        "SUCCESS", "missing_input_file", "succeeded",
    )  # fmt: skip
    assert len(client.get(f"/v1/schedulers/{name}/predictions").json["predictions"]) == 5
    replay = client.get(f"/v1/replays/{healed['healed']['replay_id']}").json
    assert (replay["origin"], replay["total_windows"], replay["succeeded_windows"]) == ("healing", 1, 1)

    machine.feed(newest - FIVE, newest)
    heal_scheduler(facade, name)
    assert machine.resources.queue.sent == []
    assert len(client.get(f"/v1/schedulers/{name}/replays").json["replays"]) == 1


def test_a_dry_run_names_the_files_that_the_engine_then_opens(client, machine, name, newest, monkeypatch):
    start = newest - 20 * MINUTE
    machine.feed_windows(start, 4)
    machine.feed(start, start + FIVE, stamp=(start + 2 * MINUTE).strftime("%Y%m%d%H%M%S"))
    machine.put("in/pump_2_20260301120000.csv", "not ours")
    stop(machine, name)
    opened: dict[str, dict[str, list[str]]] = {}

    def note(naming, in_range, window, *_):
        keys = {component: [entry.key for entry in entries] for component, entries in in_range.items()}
        opened[window.data_start_time.strftime("%Y-%m-%dT%H:%M:%SZ")] = keys

    monkeypatch.setattr(inputs, "check_files", note)
    body = {"start_time": start.isoformat(), "end_time": newest.isoformat(), "existing_results": "overwrite"}
    plan = client.post(f"/v1/schedulers/{name}/replays", json=body | {"dry_run": True}).json

    replay = client.post(f"/v1/schedulers/{name}/replays", json=body)
    machine.work()

    assert client.get(replay.headers["Location"]).json["succeeded_windows"] == 4
    assert len(plan["windows"]) == 4
    assert {
        window["data_start_time"]: {
            one["component"]: [file["key"] for file in one["files"]] for one in window["inputs"]
        }
        for window in plan["windows"]
    } == opened
    assert all(window["missing"] == [] for window in plan["windows"])
