"""Ticks and workers killed at random points over many boundaries, and what must hold afterwards."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from service.engine.clock import Clock, driven_clock
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window, boundary_at_or_before
from support.fleet import Fleet
from support.machine import WINDOW, s3_client
from support.rehearsal import Crew

ENDED = ("SUCCESS", "FAILED")
PAUSES = (0.1, 0.8)  # seconds from one kill to the next
WORKED_ON = 0.8  # seconds for which a boundary may be
UP_SECONDS = 4.0  # a process that began more than this ago is at work; killed ones are mostly of these


@dataclass(frozen=True)
class Played:
    """What happened: processes killed, windows by how they ended, attempts in all, and sentences on what is wrong."""

    kills: int
    succeeded: int
    failed: int
    attempts: int
    wrong: tuple[str, ...]


def play(
    fleet: Fleet, crew: Crew, jump: Callable[[datetime], None], *, boundaries: int, seconds: float, seed: int
) -> Played:
    """Drive time over so many boundaries while processes of the crew are killed and started again.

    Args:
        jump: sets the time, which goes on by itself.
        seconds: of ours, that the kills go on for; time passes the boundaries within them.
    """
    kills = 0
    jump(fleet.start + timedelta(seconds=40))
    clock = driven_clock(Path(fleet.settings.clock_file))
    for name in _victims(crew, random.Random(seed), clock, time.monotonic() + seconds):
        crew.kill(name)
        crew.start(name)
        kills += 1
    rows = _wait_for_all(fleet, boundaries)
    wrong = tuple(_violations(fleet, rows, boundaries))
    count = {status: sum(row["status"] == status for row in rows) for status in ENDED}
    return Played(kills, count["SUCCESS"], count["FAILED"], sum(row["attempts"] for row in rows), wrong)


def _victims(crew: Crew, chance: random.Random, clock: Clock, until: float) -> Iterator[str]:
    """Whom to kill next, at random: one that had time to begin its work, and sometimes any.

    Most kills come while a boundary is worked on; in between there is nothing that could be cut off.
    """
    started = dict.fromkeys(crew.pids(), time.monotonic())
    while time.monotonic() < until:
        time.sleep(chance.uniform(*PAUSES))
        if chance.random() < 0.7:
            _wait_for_boundary(clock, until)
            time.sleep(chance.uniform(0, WORKED_ON))
        at_work = [name for name, since in started.items() if time.monotonic() - since > UP_SECONDS]
        if at_work or chance.random() < 0.2:
            name = chance.choice(sorted(at_work or started))
            yield name
            started[name] = time.monotonic()


def _wait_for_boundary(clock: Clock, until: float) -> None:
    last = boundary_at_or_before(clock(), WINDOW)
    while boundary_at_or_before(clock(), WINDOW) == last and time.monotonic() < until:
        time.sleep(0.02)


def _wait_for_all(fleet: Fleet, boundaries: int) -> list[dict]:
    """Every execution up to the last of the boundaries, once all have ended, or when they have had long enough."""
    deadline = time.monotonic() + 60 + boundaries
    expected = len(fleet.names) * boundaries
    while True:
        rows = _executions(fleet, boundaries)
        if sum(row["status"] in ENDED for row in rows) >= expected or time.monotonic() > deadline:
            return rows
        time.sleep(0.1)


def _executions(fleet: Fleet, boundaries: int) -> list[dict]:
    query = (
        "SELECT s.name, e.data_start_time, e.data_end_time, e.status, e.failed_reason, e.result_key, e.attempts "
        "FROM inference_executions e JOIN inference_schedulers s ON s.id = e.scheduler_id WHERE e.data_end_time <= %s"
    )
    with psycopg.connect(fleet.settings.engine_database_url, row_factory=dict_row) as db:
        db.execute("SET timezone = 'UTC'")
        return db.execute(query, (fleet.start + boundaries * WINDOW,)).fetchall()


def _violations(fleet: Fleet, rows: list[dict], boundaries: int) -> Iterator[str]:
    """Every window has exactly one execution, ended, with its one result object or a reason; nothing else is there."""
    ends = [fleet.start + number * WINDOW for number in range(1, boundaries + 1)]
    wanted = {(name, end) for name in fleet.names for end in ends}
    seen = [(row["name"], row["data_end_time"]) for row in rows]
    yield from (f"{name} has no execution of the window to {end}" for name, end in sorted(wanted - set(seen)))
    yield from (f"{name} has several of the window to {end}" for name, end in set(seen) if seen.count((name, end)) > 1)
    yield from (
        f"{row['name']} to {row['data_end_time']} is {row['status']}" for row in rows if row["status"] not in ENDED
    )
    yield from _wrong_results(fleet, rows)


def _wrong_results(fleet: Fleet, rows: list[dict]) -> Iterator[str]:
    objects, told = _objects(fleet), {}
    for row in rows:
        window = Window(row["data_start_time"], row["data_end_time"])
        key = result_key(f"{row['name']}/out/", window)
        succeeded = row["status"] == "SUCCESS"
        if row["status"] == "FAILED" and not row["failed_reason"]:
            yield f"{row['name']} {window} is FAILED without a reason"
        if (row["result_key"] == key) != succeeded or (key in objects) != succeeded:
            yield f"{row['name']} {window} is {row['status']}; there is {'a' if key in objects else 'no'} result object"
        if key in objects and told.setdefault(window, objects[key]) != objects[key]:
            yield f"{row['name']} {window} has other lines than its twin"
    known = {result_key(f"{row['name']}/out/", Window(row["data_start_time"], row["data_end_time"])) for row in rows}
    later = {key for key in objects if _start_of(key) >= max(row["data_end_time"] for row in rows)} if rows else set()
    yield from (f"{key} belongs to no execution" for key in sorted(set(objects) - known - later))


def _start_of(key: str) -> datetime:
    return datetime.fromisoformat(key.split("/")[2])


def _objects(fleet: Fleet) -> dict[str, str]:
    """The results by key, each with the ETag, which tells whether two are the same."""
    s3, found = s3_client(fleet.settings), {}
    for name in fleet.names:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=fleet.bucket, Prefix=f"{name}/out/"):
            found |= {entry["Key"]: entry["ETag"] for entry in page.get("Contents", [])}
    return found
