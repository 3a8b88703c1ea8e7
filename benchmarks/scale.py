"""One boundary of 100, 300 and 1,000 PT5M schedulers with 30 sensors each, on this machine.

    python benchmarks/scale.py
    python benchmarks/scale.py --schedulers 1000 --workers 2 --sensors 30

Valkey, PostgreSQL, S3, a tick and the workers are the processes that `lookout up` starts; the clock is driven, so
nobody waits for a boundary. Each size is measured at two boundaries: the first finds nothing loaded, the second is
every one after it. What limits is whatever takes the CPU: its share is printed for each process.
"""

import argparse
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import psycopg
from support.fleet import Fleet, make_fleet
from support.machine import WINDOW
from support.rehearsal import CpuTimes, crew, driven_time
from support.servers import http_process, servers

from service.engine.clock import drive
from service.settings import Settings

START = datetime(2026, 9, 7, 12, tzinfo=UTC)
SIZES = (100, 300, 1000)
NEXT_BOUNDARY = WINDOW.total_seconds()
QUOTAS = "models=1000000, pending_trainings=1000000"
PARTS = ("tick", "valkey", "worker", "postgres", "s3")
_HEAD = (
    f"{'schedulers':>10}  {'boundary':8}{'per s':>9}{'worst':>9}{'mean':>8} {''.join(f'{part:>10}' for part in PARTS)}"
    f"{'cores used':>12}"
)


@dataclass(frozen=True)
class Measured:
    """One boundary: from the wake-up to the last result, and the CPU that was taken meanwhile, by process."""

    executions: int
    failed: int
    seconds: float
    worst: float
    mean: float
    cpu: Mapping[str, float]

    def cpu_of(self, part: str) -> float:
        """Seconds that the processes of a part took: `worker 1` and `worker 2` are of `worker`."""
        return sum(seconds for name, seconds in self.cpu.items() if name.split()[0] == part)


def main() -> None:
    asked = _asked()
    print(f"{asked.sensors} sensors, {asked.workers} worker processes, {os.cpu_count()} cores")
    print(f"{'':49}ms of processor time per execution\n{_HEAD}")
    for size in asked.schedulers:
        boundaries = measure(size, asked.sensors, asked.workers)
        for name, measured in zip(("first", "later"), boundaries, strict=True):
            print(_line(size, name, measured), flush=True)
    print(_limit(boundaries[-1]))


def measure(schedulers: int, sensors: int, workers: int) -> list[Measured]:
    """Two boundaries of a new fleet in servers of its own."""
    with ExitStack() as stack:
        pids: dict[str, int] = {}
        settings = stack.enter_context(servers(pids))
        settings = replace(settings, clock_file=str(settings.data_path / "clock"), engine_quotas=QUOTAS)
        drive(settings.data_path / "clock", START + timedelta(seconds=30))
        with http_process(settings, "engine"):
            fleet = make_fleet(settings, schedulers, sensors, START)
        fleet.feed(START - WINDOW, START + 3 * WINDOW)
        jump = stack.enter_context(driven_time(settings.data_path / "clock"))
        jump(START + timedelta(seconds=40))
        names = ("tick", *(f"worker {number}" for number in range(1, workers + 1)))
        pids |= stack.enter_context(crew(settings, settings.data_path, *names)).pids()
        _wait_until_running(settings, schedulers)
        return [_boundary(fleet, pids, jump, START + number * WINDOW) for number in (1, 2)]


def _boundary(fleet: Fleet, pids: Mapping[str, int], jump, boundary: datetime) -> Measured:
    jump(boundary - timedelta(seconds=3))
    time.sleep(2.9)
    cpu, began = CpuTimes(pids), time.monotonic()
    while _ended(fleet.settings, boundary)[0] < len(fleet.names):
        assert time.monotonic() - began < 4 * NEXT_BOUNDARY, "not every window has ended"
        time.sleep(0.2)
    count, failed, worst, mean = _ended(fleet.settings, boundary)
    return Measured(count, failed, time.monotonic() - began, worst, mean, cpu.taken())


def _ended(settings: Settings, boundary: datetime) -> tuple[int, int, float, float]:
    late = "extract(epoch FROM finished_at - scheduled_start_time)"
    with psycopg.connect(settings.engine_database_url) as db:
        return db.execute(
            f"SELECT count(*), count(*) FILTER (WHERE status = 'FAILED'), max({late})::float, avg({late})::float "
            "FROM inference_executions WHERE data_end_time = %s AND status <> 'IN_PROGRESS'",
            (boundary,),
        ).fetchone()


def _wait_until_running(settings: Settings, schedulers: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        with psycopg.connect(settings.engine_database_url) as db:
            running = db.execute("SELECT count(*) FROM inference_schedulers WHERE actual = 'RUNNING'").fetchone()[0]
        if running == schedulers:
            return
        assert time.monotonic() < deadline, f"only {running} of {schedulers} schedulers run"
        time.sleep(0.2)


def _line(schedulers: int, boundary: str, measured: Measured) -> str:
    rate = measured.executions / measured.seconds
    failed = f"  {measured.failed} FAILED" if measured.failed else ""
    costs = "".join(f"{1000 * measured.cpu_of(part) / measured.executions:10.1f}" for part in PARTS)
    cores = f"{sum(measured.cpu.values()) / measured.seconds:12.1f}"
    return (
        f"{schedulers:>10,}  {boundary:8}{rate:9.1f}{measured.worst:8.1f}s{measured.mean:7.1f}s {costs}{cores}{failed}"
    )


def _limit(measured: Measured) -> str:
    part = max(PARTS, key=measured.cpu_of)
    share = measured.cpu_of(part) / sum(measured.cpu.values())
    return f"What limits is the processor time of {part}: {share:.0%} of what all parts took."


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedulers", type=int, nargs="+", default=SIZES)
    parser.add_argument("--sensors", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2, help="processes; each has LOOKOUT_WORKER_THREADS threads")
    return parser.parse_args()


if __name__ == "__main__":
    main()
