"""A program that is taken away and comes back: killed, frozen, started again."""

import resource
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import psutil

from service.embedded.program import Program, last_words, popen_options

READY_SECONDS = 60.0


@dataclass
class Neighbour:
    """One program and the processes it is made of. Start it from the main thread: it ends with the thread it is from.

    `said_when_ready` is what it writes into its log when it is ready, where it cannot be asked.
    """

    program: Program
    log: Path
    said_when_ready: str = ""
    process: subprocess.Popen | None = None
    has_room: bool = True
    _log_begins: int = 0

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, longest_file: int | None = None) -> None:
        """Start it; see `wait_until_ready`. With `longest_file`, in bytes, none of its files may become longer, as if
        the disk were full there."""
        options = popen_options(self.program)
        if longest_file is not None:
            options["preexec_fn"] = partial(_bounded, longest_file, options["preexec_fn"])
        self.has_room = longest_file is None
        self._log_begins = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.program.command,
                stdout=output,
                stderr=subprocess.STDOUT,
                restore_signals=False,  # SIGXFSZ stays ignored: a file that may not grow is an error, not the end
                **options,
            )

    def wait_until_ready(self) -> None:
        deadline = monotonic() + READY_SECONDS
        while not (self.program.ready() and self.said_when_ready in self.said()):
            assert self.runs, f"{self.name} ended by itself: {last_words(self.log)}"
            assert monotonic() < deadline, f"{self.name} is not ready: {last_words(self.log)}"
            sleep(0.05)

    def come_back(self, longest_file: int | None = None) -> None:
        self.start(longest_file)
        self.wait_until_ready()

    def said(self) -> str:
        """What it has written since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self._log_begins)
            return log.read().decode(errors="replace")

    def kill(self) -> None:
        """SIGKILL to all its processes: none has a moment to put anything in order."""
        family = self._family()
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        self.process.wait()
        psutil.wait_procs(family, timeout=10)

    def freeze(self) -> None:
        """SIGSTOP to all its processes: connections stay open, and nobody answers."""
        for member in self._family():
            with suppress(psutil.NoSuchProcess):
                member.suspend()

    def thaw(self) -> None:
        for member in reversed(self._family()):
            with suppress(psutil.NoSuchProcess):
                member.resume()

    def stop(self) -> None:
        """End it in order, or else by force."""
        if not self.runs:
            return
        self.thaw()
        self.process.send_signal(self.program.stop_signal)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()

    def _family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            head = psutil.Process(self.process.pid)
            return [head, *head.children(recursive=True)]
        return []


def _bounded(longest_file: int, then: Callable[[], None]) -> None:
    """Runs in the child between fork and exec."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest_file, resource.RLIM_INFINITY))
    then()
