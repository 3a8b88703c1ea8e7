"""The project's own servers and processes, started for one benchmark in a folder that goes away with it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from service.commands import commands, health_url
from service.embedded.postgres import make_database, postgres_program, postgres_url
from service.embedded.probe import answers_http, free_port
from service.embedded.program import Program, running
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET, s3_program, s3_url
from service.embedded.valkey import valkey_program, valkey_url
from service.logs import configure_logs
from service.migrate import migrate
from service.settings import Settings

BUCKETS = ("plant", "lookout-engine", "lookout-staging")
_HERE = Path(__file__).parents[1]


@dataclass(frozen=True)
class HttpProcess:
    """Gunicorn at work on 127.0.0.1."""

    port: int
    master: subprocess.Popen

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker_folder(self) -> Path:
        """What Linux tells of the one worker process."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text()
        return Path("/proc", children.split()[0])


@contextmanager
def servers(pids: dict[str, int] | None = None) -> Iterator[Settings]:
    """Valkey, PostgreSQL and S3 as `lookout up` starts them, with their tables and buckets; the settings of all.

    Args:
        pids: where given, gets the process of each server by its name.
    """
    with TemporaryDirectory(prefix="lookout-bench-") as name, ExitStack() as stack:
        folder, sockets = Path(name), Path(name) / "sockets"
        folder.chmod(0o711)
        sockets.mkdir()
        settings = _settings(folder, sockets)
        configure_logs(settings)
        for program in (
            valkey_program(folder / "valkey", folder),
            postgres_program(folder / "postgres", sockets, elsewhere=folder),
            s3_program(folder / "s3", settings.s3_port, buckets=BUCKETS),
        ):
            process = stack.enter_context(running(program, folder / f"{program.name}.log"))
            if pids is not None:
                pids[program.name] = process.pid
        for database in ("engine", "facade"):
            make_database(sockets, database)
        migrate(settings)
        yield settings


@contextmanager
def http_process(settings: Settings, house: str, application: str = "") -> Iterator[HttpProcess]:
    """`engine` or `facade` as `lookout up` starts it; or, with `application`, a peer under the same gunicorn settings
    on a port of its own. A peer is named as gunicorn names it and lives in `peers.py`."""
    if application:
        settings = replace(settings, **{f"{house}_port": free_port()})
    command = commands(settings)[house]
    program = Program(
        name=application or house,
        command=(*command[:-1], application or command[-1]),
        environment=dict(os.environ) | settings.environment() | {"PYTHONPATH": str(_HERE)},
        ready=partial(answers_http, health_url(settings, house)),
    )
    with running(program, settings.data_path / f"{program.name.replace(':', '-')}.log") as process:
        yield HttpProcess(getattr(settings, f"{house}_port"), process)


def _settings(folder: Path, sockets: Path) -> Settings:
    engine_port, s3_port = free_port(), free_port()
    return Settings(
        redis_url=valkey_url(folder),
        engine_database_url=postgres_url(sockets, "engine"),
        facade_database_url=postgres_url(sockets, "facade"),
        s3_endpoint_url=s3_url(s3_port),
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(folder),
        facade_port=free_port(),
        engine_port=engine_port,
        s3_port=s3_port,
        log_level="warning",
        rate_limit="10000000/minute",  # counted, and never used up
    )
