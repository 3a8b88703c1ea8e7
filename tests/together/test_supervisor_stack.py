"""`lookout up` as a user meets it: the whole stack with real servers, signalled, killed and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0


class Up:
    """A running `lookout up`."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "up"],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def until_ready(self) -> "Up":
        deadline = time.monotonic() + PATIENCE
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
        port = self.environment["LOOKOUT_FACADE_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return json.load(answer)


@pytest.fixture
def environment(session_folder: Path, unique: str, free_port: Callable[[], int]) -> dict[str, str]:
    ports = {f"LOOKOUT_{name}_PORT": str(free_port()) for name in ("FACADE", "ENGINE", "S3")}
    return {"LOOKOUT_DATA_DIR": str(session_folder / f"up-{unique}"), **ports}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Callable[[], Up]]:
    started: list[Up] = []

    def begin() -> Up:
        started.append(Up(environment))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()
    eventually(lambda: not processes_of(environment))


def eventually(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


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


@pytest.mark.timeout(240)
def test_the_stack_survives_a_kill_without_orphans_starts_again_and_ends_cleanly(start, environment):
    first = start().until_ready()
    assert first.get("/v1/schedulers") == {"schedulers": [], "next": None}
    assert len(processes_of(environment)) > 9
    first.end(signal.SIGKILL)
    eventually(lambda: not processes_of(environment))

    second = start().until_ready()
    began = time.monotonic()
    second.end(signal.SIGTERM)
    assert second.process.returncode == 0
    assert time.monotonic() - began < 15
    assert not processes_of(environment)


def test_a_second_supervisor_on_the_same_folder_is_refused_in_one_sentence(start, environment):
    first = start()
    eventually(lambda: (Path(environment["LOOKOUT_DATA_DIR"]) / "lock").exists())
    eventually(lambda: (Path(environment["LOOKOUT_DATA_DIR"]) / "lock").read_text() != "")
    second = start()
    assert second.process.wait(PATIENCE) == 1
    said = second.process.stdout.read()
    assert f"another `lookout` (process {first.process.pid}) runs on {environment['LOOKOUT_DATA_DIR']}" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", ["LOOKOUT_FACADE_PORT", "LOOKOUT_ENGINE_PORT", "LOOKOUT_S3_PORT"])
def test_a_taken_port_is_named_with_its_setting_before_anything_is_started(start, environment, name):
    with socket.create_server(("127.0.0.1", int(environment[name]))):
        one = start()
        assert one.process.wait(PATIENCE) == 1
    assert one.process.stdout.read() == (
        f"cannot listen on 127.0.0.1:{environment[name]}: another program has this port; choose another with {name}\n"
    )
    assert not (Path(environment["LOOKOUT_DATA_DIR"]) / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_named(start, environment, tmp_path):
    (tmp_path / "file").touch()
    environment["LOOKOUT_DATA_DIR"] = str(tmp_path / "file" / "var")
    one = start()
    assert one.process.wait(PATIENCE) == 1
    said = one.process.stdout.read()
    assert said.startswith(f"cannot write in {environment['LOOKOUT_DATA_DIR']} (Not a directory)")
    assert said.count("\n") == 1
