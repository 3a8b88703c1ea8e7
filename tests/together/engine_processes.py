"""The engine's processes, each a real one: HTTP, two workers, tick; started, killed and ended by a test."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, sleep

from service.commands import commands, health_url
from service.embedded.program import Program, last_words, popen_options
from service.settings import Settings

STOP_SECONDS = 15.0


@dataclass
class EngineProcesses:
    """Processes of one engine by name: engine, engine-worker, engine-trainer, tick."""

    settings: Settings
    logs: Path
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def start(self, *names: str, **changed: str) -> None:
        """Start processes, with some settings changed for them."""
        settings = replace(self.settings, **changed)
        for name in names:
            program = Program(
                name=name,
                command=commands(settings)[name],
                environment={"PATH": os.defpath, "HOME": str(self.logs), **settings.environment()},
            )
            with self.log(name).open("ab") as log:
                self.running[name] = subprocess.Popen(
                    program.command, stdout=log, stderr=subprocess.STDOUT, **popen_options(program)
                )

    def kill(self, *names: str) -> None:
        """SIGKILL: the process has no moment to put anything in order."""
        for name in names:
            process = self.running.pop(name)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def wait_until_healthy(self) -> None:
        url = health_url(self.settings, "engine")
        wait_until(lambda: _answers(url), lambda: f"the engine does not answer: {last_words(self.log('engine'))}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(holds, complaint, *, seconds: float = 60.0):
    """Ask again and again until it holds; its answer. After the deadline the test fails with the complaint."""
    deadline = monotonic() + seconds
    while not (answer := holds()):
        assert monotonic() < deadline, complaint() if callable(complaint) else complaint
        sleep(0.2)
    return answer
