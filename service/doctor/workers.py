"""The Celery workers: whether one of each kind answers."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery

from service.doctor.databases import has_own_engine
from service.doctor.findings import Finding, View, failed, ok
from service.redis_broker import TRANSPORT, broker_url
from service.settings import Settings

_WORKERS = {"facade-worker": "facade:", "engine-worker": "engine:", "engine-trainer": "engine:"}  # where each listens
_ANSWER_SECONDS = 3.0


def look_at_workers(view: View) -> Iterator[Finding]:
    wanted = [name for name in _WORKERS if name == "facade-worker" or has_own_engine(view)]
    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = dict(zip(wanted, pool.map(lambda name: _answering(view.settings, name), wanted), strict=True))
    silent = [name for name, nodes in answers.items() if not nodes]
    for name in silent:
        yield _silent(name)
    if not silent:
        yield ok(f"{', '.join(sorted(node for nodes in answers.values() for node in nodes))} answer.")


def _answering(settings: Settings, name: str) -> list[str]:
    """The nodes of this kind that answer a ping; the first one is enough."""
    app = Celery("doctor", broker=broker_url(settings.redis_url), set_as_current=False)
    app.conf.broker_transport_options = {
        **TRANSPORT, "global_keyprefix": _WORKERS[name], "socket_timeout": _ANSWER_SECONDS + 1,
    }  # fmt: skip
    said = app.control.broadcast(
        "ping", reply=True, pattern=f"{name}@*", matcher="glob", timeout=_ANSWER_SECONDS, limit=1
    )
    return [node for answer in said or () for node in answer]


def _silent(name: str) -> Finding:
    process = _process(name)
    if process is None:
        return failed(f"No {name} answers, and none runs on this machine.", f"lookout run {name}")
    if _state(process) == "T":
        return failed(f"The {name}, process {process}, is stopped (SIGSTOP).", f"kill -CONT {process}")
    return failed(f"The {name}, process {process}, runs but does not answer: it hangs.", f"Restart it: kill {process}")


def _process(name: str) -> int | None:
    """The worker of this kind on this machine, by its command line."""
    node = f"{name}@{socket.gethostname()}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if node in (process / "cmdline").read_bytes().split(b"\0") and int(process.name) != os.getpid():
                return int(process.name)
        except OSError:
            continue
    return None


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return ""
