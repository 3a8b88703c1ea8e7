"""A program that somebody else may start: its command line, whose account it runs under, when it is ready.

Describing a program and running it are apart, so that the supervisor (asyncio) and the tests (one server at a
time) run the same description.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from service.embedded.account import Account

STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux alone has it; elsewhere a killed parent leaves orphans


class EmbeddedError(Exception):
    """Something on this machine keeps a program from starting. The message is one sentence that says what to do."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """How to run one program in the foreground.

    `ready` is asked again and again until it says yes. `stop_signal` asks the program to end, `death_signal` is sent
    by the kernel if whoever started it dies, however it dies; `grace_seconds` is what it may take to end. A `leading`
    program is the one the user watches: it is shown as it is, and when it ends, everything ends.
    """

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool] = lambda: True
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    grace_seconds: float = 4.0
    leading: bool = False


def popen_options(program: Program) -> dict[str, Any]:
    """The keyword arguments of `Popen` (and of `asyncio.create_subprocess_exec`) for this program.

    The program gets a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone.
    """
    options: dict[str, Any] = {
        "env": dict(program.environment),
        "cwd": program.folder,
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
        "preexec_fn": partial(_end_with_parent, program.death_signal, os.getpid()),
    }
    if program.account:
        options |= {"user": program.account.user, "group": program.account.group, "extra_groups": []}
    return options


@contextmanager
def running(program: Program, log: Path, *, seconds: float = 30.0) -> Iterator[subprocess.Popen]:
    """Run the program until the block ends, its output in `log`. Enters when it is ready.

    Raises:
        EmbeddedError: it ended by itself or was not ready in time; the message ends with its last lines.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(program.command, stdout=output, stderr=subprocess.STDOUT, **popen_options(program))
    try:
        _wait_until_ready(program, process, log, time.monotonic() + seconds)
        yield process
    finally:
        _stop(process, program.stop_signal)


def _wait_until_ready(program: Program, process: subprocess.Popen, log: Path, deadline: float) -> None:
    while not program.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            happened = "is not ready" if process.returncode is None else f"ended with code {process.returncode}"
            raise EmbeddedError(f"{program.name} {happened}; its last words: {last_words(log)}")
        time.sleep(0.02)


def last_words(log: Path, lines: int = 5) -> str:
    """The end of a log in one line, for a message."""
    return " | ".join(log.read_text(errors="replace").split("\n")[-lines - 1 :]).strip(" |") or "(none)"


def _stop(process: subprocess.Popen, stop_signal: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent(death_signal: int, parent: int) -> None:
    """Runs in the child between fork and exec, after the account was changed (a change would undo it)."""
    if _prctl:
        _prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # the parent died before we could ask for the signal
        os._exit(1)
