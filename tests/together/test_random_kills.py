"""Ticks and workers that are killed at random points: each window is run to its end once. `benchmarks/kills.py` plays
it for as long as one likes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.fleet import make_fleet
from support.kills import play
from support.machine import WINDOW
from support.rehearsal import crew, driven_time
from wsgi_seam import equipment_client, led_in_process

from service.engine.app import create_app
from service.engine.clock import drive
from service.engine.resources import RememberingQueue, join_resources

START = datetime(2026, 9, 7, 12, tzinfo=UTC)
BOUNDARIES, SECONDS, SPEED = 4, 6.5, 220
CREW = ("tick 1", "tick 2", "worker 1", "worker 2")


@pytest.fixture
def rehearsed(settings, fresh_engine_database_url: str, unique: str, tmp_path: Path):
    """Settings of an engine whose time is driven, with a database and a queue of its own."""
    drive(tmp_path / "clock", START + timedelta(seconds=30))
    return replace(
        settings,
        engine_database_url=fresh_engine_database_url,
        redis_url=settings.redis_url.replace("db=0", f"db={int(unique.lstrip('t')) % 13 + 1}"),
        clock_file=str(tmp_path / "clock"),
    )


def test_every_window_ends_once_with_a_result_or_a_reason_whoever_is_killed(rehearsed, bucket, tmp_path):
    resources = join_resources(rehearsed, RememberingQueue(), threads=8)
    client = led_in_process(equipment_client(rehearsed.aws_region), create_app(rehearsed, resources))
    fleet = make_fleet(rehearsed, 5, 4, START, lookout=client, bucket=bucket)
    resources.database.dispose()
    fleet.feed(START - WINDOW, START + 2 * WINDOW)  # the last window finds no file in its range, and fails
    with crew(rehearsed, tmp_path, *CREW) as processes, driven_time(tmp_path / "clock", speed=SPEED) as jump:
        played = play(fleet, processes, jump, boundaries=BOUNDARIES, seconds=SECONDS, seed=7)
    assert played.wrong == ()
    assert played.succeeded + played.failed == 20
    assert played.failed >= 5
    assert played.kills >= 2
