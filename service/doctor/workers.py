"""The Celery workers: whether one of each kind answers."""

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
_ANSWER_SECONDS = 5.0


def look_at_workers(view: View) -> Iterator[Finding]:
    wanted = [name for name in _WORKERS if name == "facade-worker" or has_own_engine(view)]
    with ThreadPoolExecutor(len(wanted)) as pool:
        answers = dict(zip(wanted, pool.map(lambda name: _answering(view.settings, name), wanted), strict=True))
    silent = [name for name, nodes in answers.items() if not nodes]
    for name in silent:
        yield _silent(name, _process(name, view.given.data_path))
    if not silent:
        yield ok(f"{', '.join(sorted(node for nodes in answers.values() for node in nodes))} answer.")


def _answering(settings: Settings, name: str) -> list[str]:
    """The nodes of this kind that answer a ping; the first one is enough."""
    app = Celery("doctor", broker=broker_url(settings.redis_url), set_as_current=False)
    app.conf.broker_transport_options = {
        **TRANSPORT, "global_keyprefix": _WORKERS[name], "socket_timeout": _ANSWER_SECONDS + 1,
    }  # fmt: skip
    which = {"pattern": f"{name}@*", "matcher": "glob", "limit": 1}
    with app.connection_for_write() as connection:
        said = app.control.broadcast("ping", reply=True, timeout=_ANSWER_SECONDS, connection=connection, **which)
    return [node for answer in said or () for node in answer]


def _silent(name: str, process: int | None) -> Finding:
    if process is None:
        return failed(f"No {name} answers, and none runs on this machine.", f"lookout run {name}")
    if _state(process) == "T":
        return failed(f"The {name}, process {process}, is stopped (SIGSTOP).", f"kill -CONT {process}")
    return failed(f"The {name}, process {process}, runs but does not answer: it hangs.", f"Restart it: kill {process}")


def _process(name: str, data: Path) -> int | None:
    """The worker of this kind on this machine, by its command line; one of another data folder is another stack's."""
    node = f"{name}@{socket.gethostname()}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if node in (process / "cmdline").read_bytes().split(b"\0") and _data_of(process) in (None, data):
                return int(process.name)
        except OSError:  # it has ended, or belongs to somebody else
            continue
    return None


def _data_of(process: Path) -> Path | None:
    """The data folder that its settings name, if they name one."""
    said = dict(entry.partition(b"=")[::2] for entry in (process / "environ").read_bytes().split(b"\0"))
    folder = said.get(b"LOOKOUT_DATA_DIR")
    return ((process / "cwd").resolve() / folder.decode()).resolve() if folder else None


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return ""
