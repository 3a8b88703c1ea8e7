"""A month of predictions out of our store, beside listing executions, reading each result object and concatenating.

    python benchmarks/month.py

8,640 windows of five minutes with a row a minute and thirty sensors. Every side ends with the same pandas frame. Cold:
the process that reads is started for it, and so is the facade. Warm: the same process reads again. The notebook reads
one object after the other, as those of the service did.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from urllib.request import Request, urlopen

import numpy as np
from sqlalchemy import insert
from support.callers import bearer
from support.machine import BUCKET, DAY, MINUTE, START, WINDOW
from support.plant import plant_scheduler
from support.rounds import print_rates
from support.servers import HttpProcess, http_process, servers

from service.engine.detection import Scores
from service.engine.resources import RememberingQueue, join_resources
from service.engine.resources import Resources as Engine
from service.engine.scheduling.files import result_key
from service.engine.scheduling.windows import Window, windows_between
from service.engine.store import schedulers
from service.engine.store.scope import Scope
from service.engine.store.tables import inference_executions
from service.engine.work.inference.result_lines import result_lines
from service.facade.resources import join
from service.facade.tasks.queue import connect_queue
from service.facade.usecases.collecting import collect_now
from service.settings import Settings

NAME, NOTEBOOK = "month", "the notebook's way"
SENSORS = tuple(f"pump\\sensor_{number:02}" for number in range(1, 31))
MONTH = 30 * DAY
SIDES = {NOTEBOOK: "notebook", "our store, Parquet": "parquet", "our store, Arrow": "arrow", "our store, CSV": "csv"}
OF_A_DAY = SIDES | {"our store, JSON": "json"}


def main() -> None:
    with servers() as settings, http_process(settings, "engine"):
        _scored_month(settings)
        _collect(settings)
        key = bearer(settings)["Authorization"]
        _print(settings, "A day of the month", OF_A_DAY, START + 13 * DAY, DAY, key, cold=2, warm=3)
        _print(settings, "The month", SIDES, START, MONTH, key, cold=1, warm=1)
        _print_first_byte(settings, key)


def _print(
    settings: Settings,
    title: str,
    sides: Mapping[str, str],
    start: datetime,
    span: timedelta,
    key: str,
    cold: int,
    warm: int,
) -> None:
    """Rows a second of every side, each round in processes of its own."""
    rows = span // MINUTE
    rates: dict[str, dict[str, list[float]]] = {"cold": {}, "warm": {}}
    for number in range(cold):
        for name in sides if number % 2 == 0 else reversed(sides):
            first, *others = _read(settings, sides[name], warm, start, span, key)
            rates["cold"].setdefault(name, []).append(rows / first)
            rates["warm"].setdefault(name, []).extend(rows / seconds for seconds in others)
    for state, measured in rates.items():
        print_rates(f"{title}, {state}", "rows", {name: measured[name] for name in sides}, peer=NOTEBOOK)


def _read(settings: Settings, side: str, warm: int, start: datetime, span: timedelta, key: str) -> list[float]:
    """Seconds: from the start of the process to its first frame, then of each other frame."""
    with http_process(settings, "facade") as facade:
        where = (NAME, start.isoformat(), (start + span).isoformat(), facade.address, key)
        command = [sys.executable, "-m", "support.reading", side, str(1 + warm), *where]
        begun = perf_counter()
        with _child(settings, command) as lines:
            first = next(lines)
            seconds = [perf_counter() - begun]
            seconds += [float(line.split()[1]) for line in lines]
    if int(first.split()[0]) < 0.99 * (
        span / MINUTE
    ):  # upstream's bounds are strict: the first and last window may miss
        raise RuntimeError(f"{side} read {first.split()[0]} rows of {span / MINUTE:,.0f}")
    return seconds


@contextmanager
def _child(settings: Settings, command: list[str]) -> Iterator[Iterator[str]]:
    environment = dict(os.environ) | settings.environment() | {"PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield iter(process.stdout)
        if process.wait(60):
            raise RuntimeError(f"{command[3]} failed")


def _print_first_byte(settings: Settings, key: str) -> None:
    """How soon the month begins to come, and how much memory it takes the facade: pieces, not the whole."""
    url = f"/v1/schedulers/{NAME}/predictions?start_time={START:%Y-%m-%dT%H:%M:%SZ}"
    headers = {"Accept": "application/vnd.apache.parquet", "Authorization": key}
    with http_process(settings, "facade") as facade:
        for span in (DAY, MONTH):
            begun = perf_counter()
            end = f"&end_time={START + span:%Y-%m-%dT%H:%M:%SZ}"
            with urlopen(Request(facade.address + url + end, headers=headers)) as answer:
                answer.read(1)
                first, size = perf_counter() - begun, 1 + len(answer.read())
            whole = perf_counter() - begun
            print(
                f"  Parquet of {span.days:2} days: first byte after {first * 1000:.0f} ms, all {size / 2**20:.1f} MiB "
                f"after {whole * 1000:.0f} ms; the facade at its height: {_peak_memory(facade):.0f} MiB",
                flush=True,
            )


def _peak_memory(facade: HttpProcess) -> float:
    """MiB that the worker process has had in memory at most."""
    status = (facade.worker_folder / "status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024


def _scored_month(settings: Settings) -> None:
    """A result object and an execution for each window; the scores are made up."""
    plant_scheduler(settings, NAME)
    engine = join_resources(settings, RememberingQueue(), threads=4)
    windows = list(windows_between(START, START + MONTH, WINDOW))
    engine.objects.concurrently(
        lambda window: engine.objects.put(BUCKET, result_key(f"{NAME}/out/", window), _results(window)), windows
    )
    _record(settings, engine, windows)
    engine.database.dispose()


def _results(window: Window) -> bytes:
    start = np.datetime64(window.data_start_time.replace(tzinfo=None), "ns")
    minutes = start + np.arange(1, WINDOW // MINUTE + 1) * np.timedelta64(1, "m")
    rng = np.random.default_rng(int(window.data_start_time.timestamp()))
    score, shares = rng.random(len(minutes)).round(5), rng.dirichlet(np.ones(len(SENSORS)), len(minutes))
    return result_lines(minutes, Scores(minutes, SENSORS, score, shares, np.timedelta64(1, "h")))


def _record(settings: Settings, engine: Engine, windows: list[Window]) -> None:
    with engine.database.begin() as connection:
        scheduler = schedulers.find(connection, Scope(settings.engine_account_id, settings.aws_region), NAME)
        rows = [
            {
                "scheduler_id": scheduler.id,
                "data_start_time": window.data_start_time,
                "data_end_time": window.data_end_time,
                "scheduled_start_time": window.data_end_time,
                "data_input_configuration": scheduler.data_input_configuration,
                "data_output_configuration": scheduler.data_output_configuration,
                "status": "SUCCESS",
                "result_key": result_key(f"{NAME}/out/", window),
                "model_version": 1,
                "created_at": window.data_end_time,
                "nudged_at": window.data_end_time,
                "finished_at": window.data_end_time,
            }
            for window in windows
        ]
        connection.execute(insert(inference_executions), rows)


def _collect(settings: Settings) -> None:
    """As the worker does, in this process."""
    facade = join(settings, connect_queue(settings))
    begun = perf_counter()
    collect_now(facade, NAME, seconds=300.0)
    print(f"{MONTH // WINDOW:,} results were collected in {perf_counter() - begun:.0f} s", flush=True)
    facade.close()


if __name__ == "__main__":
    main()
