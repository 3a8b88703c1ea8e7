"""Ticks and workers killed at random points over many boundaries of a fleet whose time is driven.

    python benchmarks/kills.py
    python benchmarks/kills.py --seconds 600 --seed 7 --schedulers 20

Two ticks and two workers share one PostgreSQL, Valkey and S3; one of them is killed (SIGKILL) and started again every
other second, most often while a boundary is worked on, and an hour of schedules passes in half a minute. Afterwards
every window must have exactly one execution, ended, with one result object or a reason, the same lines as its twins of
other schedulers, and no object may be there that no execution tells of.
"""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from support.fleet import make_fleet
from support.kills import Played, play
from support.machine import WINDOW
from support.rehearsal import crew, driven_time
from support.servers import http_process, servers

from service.engine.clock import drive

START = datetime(2026, 9, 7, 12, tzinfo=UTC)
CREW = ("tick 1", "tick 2", "worker 1", "worker 2")
SPEED = 120.0
QUOTAS = "models=1000000, pending_trainings=1000000"


def main() -> None:
    asked = _asked()
    played = rehearse(asked.schedulers, asked.seconds, asked.seed)
    print(
        f"{played.kills} kills in {asked.seconds:g} s (seed {asked.seed}): {played.succeeded} windows SUCCESS, "
        f"{played.failed} FAILED with a reason, {played.attempts} attempts left in the rows"
    )
    for sentence in played.wrong:
        print(f"  WRONG: {sentence}")
    print(f"{len(played.wrong)} things are wrong")
    sys.exit(1 if played.wrong else 0)


def rehearse(schedulers: int, seconds: float, seed: int) -> Played:
    """One play in servers of its own. The last boundary has no input files, so that some windows have to fail."""
    boundaries = int(seconds * SPEED / WINDOW.total_seconds()) - 1
    with ExitStack() as stack:
        settings = stack.enter_context(servers())
        clock = settings.data_path / "clock"
        settings = replace(settings, clock_file=str(clock), engine_quotas=QUOTAS)
        drive(clock, START + timedelta(seconds=30))
        with http_process(settings, "engine"):
            fleet = make_fleet(settings, schedulers, 8, START)
        fleet.feed(START - WINDOW, START + (boundaries - 3) * WINDOW)
        processes = stack.enter_context(crew(settings, settings.data_path, *CREW))
        jump = stack.enter_context(driven_time(clock, speed=SPEED))
        return play(fleet, processes, jump, boundaries=boundaries, seconds=seconds, seed=seed)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--schedulers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
