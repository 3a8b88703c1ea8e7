"""What the engine counts is what has happened: calls, windows, lateness, what waits, and rounds of the tick."""

from dataclasses import replace
from threading import Event, Timer
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError
from plant import at
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs
from werkzeug.test import Client

from service.engine.app import create_app
from service.engine.store.database import open_database
from service.engine.work.tick import run_tick_loop, tick
from service.settings import Settings
from service.telemetry.scraping import serve_metrics

START = at("2026-03-01T13:00")
TOKEN = "0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
Series = dict[tuple[str, ...], float]


def samples(text: str) -> Series:
    """By name and the values of the labels, in the order of their names."""
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scrape(plant):
    settings = replace(plant.resources.settings, metrics_token=TOKEN)

    def ask(**changes) -> Series:
        answer = Client(create_app(settings, replace(plant.resources, **changes))).get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        return samples(answer.text)

    return ask


@pytest.fixture
def grown(scrape):
    """`grown(name, *labels)`: by how much a series has grown since the test began."""
    before = scrape()
    return lambda *series: scrape().get(series, 0.0) - before.get(series, 0.0)


def test_windows_are_counted_by_how_they_ended_and_how_late(plant, grown):
    plant.feed_windows(START, 2)
    plant.scheduler(since="2026-03-01T13:01:00")
    for minute in (5, 10, 15):
        plant.pass_time(at(f"2026-03-01T13:{minute:02}:07"))

    assert grown("lookout_engine_executions_total", "scheduled", "SUCCESS") == 2
    assert grown("lookout_engine_executions_total", "scheduled", "FAILED") == 1
    assert grown("lookout_engine_window_lateness_seconds_count") == 3
    assert grown("lookout_engine_window_lateness_seconds_sum") == pytest.approx(3 * 7)
    assert grown("lookout_engine_window_wait_seconds_sum") == pytest.approx(3 * 7)


def test_windows_of_a_replay_are_counted_apart_and_are_not_late(plant, grown):
    plant.feed_windows(START, 2)
    name = plant.scheduler(since="2026-03-01T14:00:00")
    asked = {
        "StartTime": START,
        "EndTime": at("2026-03-01T13:10"),
        "ExistingResults": "OVERWRITE",
        "ClientToken": "once",
    }
    plant.client.start_inference_replay(InferenceSchedulerName=name, **asked)
    plant.work()

    assert grown("lookout_engine_executions_total", "replay", "SUCCESS") == 2
    assert grown("lookout_engine_window_lateness_seconds_count") == 0


def test_calls_are_counted_by_operation_and_outcome(plant, grown, scrape):
    for _ in range(3):
        plant.client.list_models()
    with pytest.raises(ClientError):
        plant.client.describe_model(ModelName="none")
    app = Client(create_app(plant.resources.settings, plant.resources))
    for number in range(5):
        app.post("/", headers={"X-Amz-Target": f"AWSLookoutEquipmentFrontendService.Nonsense{number}"})

    assert grown("lookout_engine_calls_total", "ListModels", "ok") == 3
    assert grown("lookout_engine_calls_total", "DescribeModel", "ResourceNotFoundException") == 1
    assert grown("lookout_engine_calls_total", "other", "UnknownOperationException") == 5
    assert not [series for series in scrape() if "Nonsense1" in series]


def test_what_waits_is_told_with_its_age(plant, scrape):
    plant.feed_windows(START, 1)
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.world.clock.now = at("2026-03-01T13:05:00")
    tick(plant.resources, plant.world.clock())
    plant.world.clock.move(seconds=90)

    told = scrape()

    assert told["lookout_engine_unfinished", "execution"] == 1
    assert told["lookout_engine_oldest_unfinished_age_seconds", "execution"] == 90
    assert told["lookout_engine_unfinished", "training"] == 0
    assert told["lookout_engine_database_up",] == 1


def test_without_its_database_the_engine_still_tells_of_itself(scrape):
    told = scrape(database=open_database("postgresql://127.0.0.1:1/none"))

    assert told["lookout_engine_database_up",] == 0
    assert not [series for series in told if series[0] == "lookout_engine_unfinished"]


def test_rounds_of_the_tick_are_counted_and_those_that_fail_apart(plant, grown):
    nowhere = replace(plant.resources, database=open_database("postgresql://127.0.0.1:1/none"))
    with capture_logs():  # a traceback takes longer than all the rest
        for resources in (nowhere, plant.resources):
            ended = Event()
            Timer(0.1, ended.set).start()
            run_tick_loop(resources, ended)

    assert grown("lookout_engine_tick_rounds_total", "failed") >= 1
    assert grown("lookout_engine_tick_rounds_total", "succeeded") >= 1


def test_a_process_without_http_is_scraped_at_a_port_of_its_own(free_port):
    settings = Settings(metrics_port=free_port(), metrics_token=TOKEN)
    server = serve_metrics(settings, "tick")
    address = f"http://127.0.0.1:{settings.metrics_port}"

    with urlopen(Request(f"{address}/metrics", headers=BEARER), timeout=10) as answer:
        assert "lookout_build_info" in answer.read().decode()
    for path, headers, status in (("/metrics", {}, 401), ("/other", BEARER, 404)):
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"{address}{path}", headers=headers), timeout=10)
        assert refused.value.status == status
    end(server)


def test_a_port_that_is_taken_keeps_nobody_from_working(free_port):
    settings = Settings(metrics_port=free_port(), metrics_token=TOKEN)

    server = serve_metrics(settings, "tick")

    assert serve_metrics(settings, "tick") is None
    end(server)


def end(server) -> None:
    server.shutdown()
    server.server_close()
