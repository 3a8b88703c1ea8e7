"""The command `lookout` as a user runs it: a process of its own, on free ports, with a folder of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pytest

PATIENCE = 60.0


class Lookout:
    """A running `lookout up` or `lookout demo`."""

    def __init__(self, command: str, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", command],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def until_ready(self, seconds: float = PATIENCE) -> "Lookout":
        deadline = time.monotonic() + seconds
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("ready"):
                return self
            assert time.monotonic() < deadline
        raise AssertionError("it ended: " + "".join(self.lines))

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.lines += self.process.communicate(timeout=PATIENCE)[0].splitlines()

    def get(self, path: str) -> dict:
        address = f"http://127.0.0.1:{self.environment['LOOKOUT_FACADE_PORT']}{path}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @cached_property
    def key(self) -> str:
        """A new API key, made as whoever runs the service makes one."""
        command = [sys.executable, "-m", "service.cli", "keys", "create", "--team", "default"]
        made = subprocess.run(command, env=os.environ | self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return made.stdout.strip()


def free_places(folder: Path, free_port: Callable[[], int]) -> dict[str, str]:
    """The settings of a stack of its own."""
    ports = {f"LOOKOUT_{name}_PORT": str(free_port()) for name in ("FACADE", "ENGINE", "S3")}
    return {"LOOKOUT_DATA_DIR": str(folder), **ports}


def put_away(started: list[Lookout], environment: dict[str, str]) -> None:
    """End what was started, however far it came, and see that nothing is left."""
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()
    eventually(lambda: not processes_of(environment))


@pytest.fixture
def environment(session_folder: Path, unique: str, free_port: Callable[[], int]) -> dict[str, str]:
    return free_places(session_folder / f"up-{unique}", free_port)


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[..., Lookout]]:
    started: list[Lookout] = []

    def begin(command: str = "up") -> Lookout:
        started.append(Lookout(command, environment))
        return started[-1]

    yield begin
    put_away(started, environment)


def eventually(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.2)  # looking at all processes takes a while itself


def processes_of(environment: dict[str, str]) -> list[str]:
    """The command lines of every process that belongs to this stack: by its folder or by its environment."""
    folder = environment["LOOKOUT_DATA_DIR"].encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            if command and folder in command + (process / "environ").read_bytes():
                found.append(command.replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found
