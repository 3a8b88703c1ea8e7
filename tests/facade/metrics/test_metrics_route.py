"""/metrics in one process: who may read it, and what it says of the fleet and of neighbours that are away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open_metrics
from scrapes import BEARER, TOKEN, Scrape, read

from service.facade.store import heartbeats, watched_schedulers
from service.facade.store.collecting import follow, record_pass
from service.facade.store.database import connect
from service.facade.usecases import fleet_figures

NOW = datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
WINDOW = timedelta(minutes=5)


@pytest.fixture
def metrics_of(app, resources, settings):
    """Scrape the application with some resources exchanged."""

    def scrape(**changes) -> Scrape:
        told = {"settings": replace(settings, metrics_token=TOKEN), "last_figures": []} | changes
        app.extensions["lookout"] = replace(resources, **told)
        answer = app.test_client().get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        return read(answer.text)

    return scrape


@pytest.fixture
def own(fresh_facade_database_url):
    """A database that knows of this test's schedulers alone."""
    database = connect(fresh_facade_database_url, connections=2)
    yield {"database": database, "clock": lambda: NOW}
    database.close()


@pytest.fixture
def add(own):
    """Add a scheduler that was started an hour ago, and how far its results are collected."""

    def record(name: str, team: str = "default", status: str = "RUNNING", collected: datetime | None = None) -> None:
        with own["database"].begin() as db:
            followed = follow(db, f"arn:{name}", name, team)
            record_pass(db, followed.id, collected, NOW, swept=True)
            watched = watched_schedulers.hold(db, followed.id, NOW)
            seen = {"status": status, "status_since": NOW - timedelta(hours=1), "data_upload_frequency": WINDOW}
            seen |= {"data_delay": timedelta(), "last_success_end_time": collected and collected + WINDOW}
            watched_schedulers.save(db, replace(watched, **seen))

    return record


def test_only_the_token_of_the_settings_opens_it(app, client, resources, settings):
    app.extensions["lookout"] = replace(resources, settings=replace(settings, metrics_token=TOKEN))
    unknown = app.test_client()
    unknown.environ_base.pop("HTTP_AUTHORIZATION")

    assert client.get("/metrics").status_code == 401, "a key that may do everything opened it"
    assert unknown.get("/metrics").status_code == 401
    assert unknown.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 401
    assert unknown.get("/metrics", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
    assert unknown.get("/metrics", headers=BEARER).status_code == 200


def test_without_a_token_in_the_settings_nothing_opens_it(client):
    for credentials in ("Bearer ", "Bearer", ""):
        answer = client.get("/metrics", headers={"Authorization": credentials})
        assert answer.status_code == 401
        assert "LOOKOUT_METRICS_TOKEN" in answer.json["detail"]


def test_prometheus_gets_open_metrics_where_it_asks_for_it(app, resources, settings):
    app.extensions["lookout"] = replace(resources, settings=replace(settings, metrics_token=TOKEN))
    asked = {**BEARER, "Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}

    answer = app.test_client().get("/metrics", headers=asked)

    assert answer.content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert "lookout_build_info" in {family.name for family in read_open_metrics(answer.text)}


def test_a_scheduler_is_behind_by_the_windows_that_are_due_and_not_collected(metrics_of, own, add):
    add("on-time", collected=NOW.replace(hour=11, minute=55))
    add("behind", team="plant-b", collected=NOW.replace(hour=11, minute=30))
    add("never")
    add("stopped", status="STOPPED", collected=NOW.replace(hour=8, minute=0))

    told = metrics_of(**own)

    assert told.by("lookout_scheduler_collection_lag_seconds", "team", "scheduler") == {
        ("default", "on-time"): 0,
        ("plant-b", "behind"): 25 * 60,
        ("default", "never"): 60 * 60,
    }
    assert told.by("lookout_scheduler_last_success_age_seconds", "scheduler") == {
        ("on-time",): 2 * 60,
        ("behind",): 27 * 60,
        ("stopped",): 3 * 3600 + 57 * 60,
    }
    assert told.by("lookout_scheduler_running", "scheduler")["stopped",] == 0
    assert set(told.by("lookout_scheduler_window_seconds", "scheduler").values()) == {300}
    assert told.by("lookout_schedulers", "status") == {("RUNNING",): 3, ("STOPPED",): 1}


def test_so_many_schedulers_are_told_of_and_those_most_behind_come_first(metrics_of, own, add, monkeypatch):
    monkeypatch.setattr(fleet_figures, "MOST_SCHEDULERS", 3)
    add("stopped", status="STOPPED", collected=NOW - timedelta(days=1))
    for number in range(5):
        add(f"pump-{number}", collected=NOW.replace(minute=0) - number * WINDOW)

    told = metrics_of(**own)

    shown = {("pump-4",), ("pump-3",), ("pump-2",)}
    for metric in ("running", "window_seconds", "last_success_age_seconds", "collection_lag_seconds"):
        assert set(told.by(f"lookout_scheduler_{metric}", "scheduler")) == shown
    assert told.sum("lookout_schedulers") == 6
    assert told.sum("lookout_schedulers_left_out") == 3


def test_addresses_and_methods_that_nobody_declared_make_no_series(app, client, metrics_of):
    metrics_of()
    before = metrics_of().by("lookout_http_requests_total", "method", "route", "status")
    for number in range(20):
        app.test_client().open(f"/not/there/{number}", method=f"METHOD{number}")

    after = metrics_of().by("lookout_http_requests_total", "method", "route", "status")

    assert len(set(after) - set(before)) <= 1
    assert after["other", "unmatched", "404"] - before.get(("other", "unmatched", "404"), 0) == 20


def test_without_the_database_the_process_still_tells_of_itself(metrics_of):
    told = metrics_of(database=connect("postgresql:///facade?host=/nowhere", connections=1), unanswered={})

    assert told.by("lookout_neighbour_up", "neighbour") == {
        ("database",): 0,
        ("redis",): 1,
        ("upstream",): 1,
        ("staging_bucket",): 1,
    }
    assert told.sum("lookout_build_info", process="facade") == 1
    assert told.sum("lookout_http_requests_total") > 0
    assert "lookout_queue_rows" not in {name for name, _ in told.values}


def test_several_scrapes_ask_the_neighbours_once(metrics_of, upstream):
    kept: list = []
    metrics_of(last_figures=kept)
    asked = len(upstream.calls)

    metrics_of(last_figures=kept)

    assert len(upstream.calls) == asked


def test_workers_that_beat_are_alive(metrics_of, own):
    with own["database"].begin() as db:
        heartbeats.beat(db, "one", "1", NOW, NOW - timedelta(seconds=5))
        heartbeats.beat(db, "two", "1", NOW, NOW - timedelta(minutes=5))

    assert metrics_of(**own).sum("lookout_workers_alive") == 1
