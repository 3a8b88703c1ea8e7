"""What processes on one port have counted outlives them, and their files do not."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from service.telemetry import shared_files

COUNTING = """
import os
from service.telemetry.requests import count_request, http_workers
http_workers.set(1)
for _ in range({times}):
    count_request("GET", "/healthz", 200, 0.3)
print(os.getpid())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv(shared_files.VARIABLE, str(tmp_path))
    return tmp_path


def count(times: int) -> int:
    """In a process of its own, which has ended; its id."""
    code = COUNTING.format(times=times)
    return int(subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE).stdout)


def told(folder: Path) -> dict[str, float]:
    families = MultiProcessCollector(None, str(folder)).collect()
    return {sample.name: sample.value for family in families for sample in family.samples if "le" not in sample.labels}


def test_counts_of_the_dead_are_kept_and_their_files_are_few(folder):
    dead = [count(3), count(4), count(5)]
    before = told(folder)
    assert (before["lookout_http_requests_total"], before["lookout_http_workers"]) == (12, 3)

    for pid in dead:
        shared_files.bury(pid)

    after = told(folder)
    assert after["lookout_http_requests_total"] == 12
    assert after["lookout_http_request_duration_seconds_count"] == 12
    assert after["lookout_http_request_duration_seconds_sum"] == pytest.approx(12 * 0.3)
    assert "lookout_http_workers" not in after
    assert {file.name for file in folder.iterdir()} == {"counter_dead.db", "histogram_dead.db"}


def test_whoever_never_counted_leaves_nothing_to_bury(folder):
    shared_files.bury(os.getpid())

    assert list(folder.iterdir()) == []


BEGINNING = """
import sys, time
from pathlib import Path
from service.telemetry import shared_files
shared_files._MEMORY = Path(sys.argv[1])
shared_files.begin()
print(shared_files.folder(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[], tuple[subprocess.Popen, Path]]]:
    """Start a process that has a folder; the folder."""
    with ExitStack() as stack:

        def start() -> tuple[subprocess.Popen, Path]:
            command = [sys.executable, "-c", BEGINNING, str(tmp_path)]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            return process, Path(process.stdout.readline().strip())

        yield start


def test_a_folder_of_a_process_that_was_killed_goes_with_the_next_start_and_no_other(tmp_path, begin):
    (tmp_path / "lookout-metrics-of-mine").mkdir()
    _, living = begin()
    killed, left = begin()
    killed.kill()
    killed.wait()

    _, new = begin()

    assert {file.name for file in tmp_path.iterdir()} == {living.name, new.name, "lookout-metrics-of-mine"}
    assert left not in (living, new)


def test_the_folder_goes_with_an_orderly_end(folder):
    shared_files.end()

    assert not folder.exists()
