"""One run of `lookout demo` for all tests that want to see it: told once, killed, found again, and left running."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from running_lookout import Lookout, eventually, free_places, processes_of, put_away

TELLING_SECONDS = 150.0  # it trains three models: half a minute, on a machine with nothing else to do


@dataclass(frozen=True)
class Demo:
    """`first` was killed; `now` found what it had left behind and runs. `processes` is how many the first
    had, and none outlived it; `restart_seconds`: until it was ready again."""

    first: Lookout
    processes: int
    now: Lookout
    restart_seconds: float


@pytest.fixture(scope="session")
def demo(session_folder: Path, free_port: Callable[[], int]) -> Iterator[Demo]:
    shown_in_documents = {
        "LOOKOUT_CORS_ORIGINS": "https://portal.example.com",
        "LOOKOUT_METRICS_TOKEN": "shown-in-no-document",
    }
    environment = free_places(session_folder / "demo", free_port) | shown_in_documents
    started: list[Lookout] = []
    try:
        started.append(Lookout("demo", environment))
        first = started[0].until_ready(TELLING_SECONDS)
        processes = len(processes_of(environment))
        first.end(signal.SIGKILL)
        eventually(lambda: not processes_of(environment))
        began = time.monotonic()
        started.append(Lookout("demo", environment))
        now = started[1].until_ready()
        yield Demo(first, processes, now, time.monotonic() - began)
        now.end(signal.SIGINT)
        assert now.process.returncode == 0
    finally:
        put_away(started, environment)
