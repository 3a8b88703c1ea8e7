"""An engine's tick and workers as real processes whose time is driven, and what each of them takes."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from service.commands import commands
from service.embedded.program import Program, popen_options
from service.engine.clock import drive
from service.settings import Settings

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_STEP_SECONDS = 0.05


@contextmanager
def driven_time(file: Path, *, speed: float = 1.0) -> Iterator[Callable[[datetime], None]]:
    """What sets the time that the file says; from there on it goes so many times as fast as ours."""
    moved, ended = Event(), Event()
    origin: list[tuple[datetime, float]] = []

    def jump(moment: datetime) -> None:
        drive(file, moment)
        origin[:] = [(moment, time.monotonic())]
        moved.set()

    def go_on() -> None:
        moved.wait()
        while not ended.wait(_STEP_SECONDS):
            moment, began = origin[0]
            drive(file, moment + timedelta(seconds=speed * (time.monotonic() - began)))

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield jump
    finally:
        ended.set()
        moved.set()
        thread.join()


class Crew:
    """Ticks and workers of one engine, as processes that can be killed: `tick 1`, `worker 1`, `trainer 1`, …"""

    def __init__(self, settings: Settings, logs: Path) -> None:
        self._settings = replace(settings, metrics_port=0)
        self._logs = logs
        self._running: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        program = self._program(name)
        with (self._logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                program.command, stdout=log, stderr=subprocess.STDOUT, **popen_options(program)
            )

    def kill(self, name: str) -> None:
        """SIGKILL: the process has no moment to put anything in order."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def kill_all(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def _program(self, name: str) -> Program:
        kind = _KINDS[name.split()[0]]
        command = commands(self._settings)[kind]
        node = tuple(f"{name.replace(' ', '-')}@crew" if word.startswith(f"{kind}@") else word for word in command)
        return Program(name=name, command=node, environment=dict(os.environ) | self._settings.environment())


_KINDS = {"tick": "tick", "worker": "engine-worker", "trainer": "engine-trainer"}


@contextmanager
def crew(settings: Settings, logs: Path, *names: str) -> Iterator[Crew]:
    """These processes, started, and killed in the end."""
    processes = Crew(settings, logs)
    try:
        for name in names:
            processes.start(name)
        yield processes
    finally:
        processes.kill_all()


@dataclass
class CpuTimes:
    """Seconds of CPU that processes and their children have taken since this was made, by name."""

    processes: Mapping[str, int]
    _before: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._now()

    def taken(self) -> dict[str, float]:
        return {name: seconds - self._before[name] for name, seconds in self._now().items()}

    def _now(self) -> dict[str, float]:
        parents = _parents()
        return {name: sum(_seconds(pid) for pid in _family(root, parents)) for name, root in self.processes.items()}


def _parents() -> dict[int, int]:
    stats = ((int(folder.name), _stat(int(folder.name))) for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return {pid: int(stat[1]) for pid, stat in stats if stat}


def _family(root: int, parents: Mapping[int, int]) -> set[int]:
    family, size = {root}, 0
    while len(family) > size:
        size = len(family)
        family |= {pid for pid, parent in parents.items() if parent in family}
    return family


def _seconds(pid: int) -> float:
    """Of a process and of those of its children that have ended."""
    stat = _stat(pid)
    return sum(int(value) for value in stat[11:15]) / _TICKS_PER_SECOND if stat else 0.0


def _stat(pid: int) -> list[str]:
    """The fields behind the name: state, parent, …; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
