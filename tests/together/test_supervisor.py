"""The supervisor with small stand-in programs, itself a process that can be signalled and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE = 15.0
STACKS = Path(__file__).with_name("supervised_stacks.py")


class Supervised:
    """A supervisor process and the process ids its programs noted in the folder."""

    def __init__(self, folder: Path, stack: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, STACKS, folder, stack], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def pids(self, name: str, number: int = 1) -> list[int]:
        """The ids of the first `number` processes of a program; waits for them."""
        file = self.folder / f"{name}.pids"
        eventually(lambda: file.exists() and file.read_text().count("\n") >= number)
        return [int(line) for line in file.read_text().split()]

    def end(self, number: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(number)
        return self.output()

    def output(self) -> str:
        return self.process.communicate(timeout=PATIENCE)[0]


@pytest.fixture
def supervised(tmp_path: Path):
    started: list[Supervised] = []

    def start(stack: str) -> Supervised:
        started.append(Supervised(tmp_path, stack))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


def eventually(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_program_and_then_the_supervisor(supervised, number):
    one = supervised("three")
    pids = [one.pids(name)[0] for name in "abc"]
    one.end(number)
    assert one.process.returncode == 0
    assert all(is_gone(pid) for pid in pids)


def test_programs_end_in_reverse_order_and_their_lines_carry_their_names(supervised):
    one = supervised("talkative")
    one.pids("first"), one.pids("second")
    assert one.end().splitlines() == ["second         | ending", "first          | ending"]


def test_a_program_that_died_is_started_again(supervised):
    one = supervised("three")
    os.kill(one.pids("a")[0], signal.SIGKILL)
    first, second = one.pids("a", 2)
    assert first != second
    assert "a              | ended with code -9; starting it again" in one.end()


def test_a_program_that_keeps_dying_ends_everything_with_one_sentence(supervised):
    one = supervised("dying")
    [pid] = one.pids("a")
    said = one.output()
    assert one.process.returncode == 1
    assert f"gave up: b ended with code 1; its last words in {one.folder}/log/b.log: no luck" in said
    assert is_gone(pid)


def test_no_program_outlives_a_supervisor_that_was_killed(supervised):
    one = supervised("three")
    pids = [one.pids(name)[0] for name in "abc"]
    one.end(signal.SIGKILL)
    eventually(lambda: all(is_gone(pid) for pid in pids))


def test_a_program_that_does_not_end_when_asked_is_killed_with_its_children(supervised):
    one = supervised("stubborn")
    pids = one.pids("a", 2)
    one.end()
    assert all(is_gone(pid) for pid in pids)


def test_a_stage_begins_when_the_one_before_is_ready_and_its_step_is_done(supervised):
    one = supervised("three")
    one.pids("c")
    assert (one.folder / "step").read_text() == "done"


def test_when_the_leading_program_ends_everything_ends(supervised):
    one = supervised("led")
    [pid] = one.pids("a")
    assert one.output() == "a is up\n2\n"
    assert one.process.returncode == 0
    assert is_gone(pid)


def test_what_a_program_says_is_kept_in_a_file(supervised):
    one = supervised("led")
    one.output()
    assert (one.folder / "log" / "lead.log").read_text() == "2\n"
